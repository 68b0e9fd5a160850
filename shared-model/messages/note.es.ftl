# Correos y mensajes de texto sobre una cuenta.

note-greeting = Hola, { $name }:
note-greeting-nameless = Hola:
note-foot = Recibes este correo porque esta dirección se indicó en { $site }.

note-sign-up-subject = Tu código para TicketBoss
note-sign-up-lead = Escribe este código donde empezaste a crear tu cuenta:
note-sign-up-advice = Vale una vez, durante 10 minutos. Si no fuiste tú, no hagas nada: sin el código no hay cuenta.

note-sign-in-subject = Tu código para entrar
note-sign-in-lead = Alguien prueba muchas contraseñas en tu cuenta; por un tiempo la tuya sola no basta. Escribe este código donde estás entrando:
note-sign-in-advice = Vale una vez, durante 10 minutos. Nunca lo pedimos por teléfono ni por correo. Si no eres tú quien está entrando, alguien sabe tu contraseña: elige otra ahora.

note-reset-subject = Tu código para una contraseña nueva
note-reset-lead = Escribe este código donde pediste una contraseña nueva:
note-reset-advice = Vale una vez, durante 10 minutos. Nunca lo pedimos por teléfono ni por correo. Si no fuiste tú, no hagas nada: tu contraseña sigue igual.

note-email-subject = Tu código para confirmar esta dirección
note-email-lead = Escribe este código donde cambiaste tu dirección:
note-email-advice = Vale una vez, durante 10 minutos. Si no fuiste tú, no hagas nada: no cambia nada.

note-already-subject = Ya tienes una cuenta
note-already-lead = Alguien, seguramente tú, ha intentado crear una cuenta de TicketBoss con esta dirección. Ya hay una.
note-already-advice = Entra con tu contraseña o elige «He olvidado la contraseña». Si no fuiste tú, no hagas nada.

note-password-changed-subject = Tu contraseña ha cambiado
note-password-changed-lead = La contraseña de tu cuenta de TicketBoss acaba de cambiar y se ha cerrado la sesión en los demás dispositivos.
note-password-changed-advice = Si no fuiste tú, elige «He olvidado la contraseña» enseguida.

note-email-changed-subject = Tu dirección ha cambiado
note-email-changed-lead = Desde ahora entras con { $email }.
note-email-changed-advice = Si no fuiste tú, escríbenos enseguida.

note-phone-changed-subject = Tu teléfono ha cambiado
note-phone-changed-lead = Los códigos para una contraseña olvidada ya no van al número de antes.
note-phone-changed-advice = Si no fuiste tú, cambia tu contraseña enseguida.

note-passkey-added-subject = Nueva llave de acceso
note-passkey-added-lead = Ya puedes entrar con la llave de acceso «{ $name }».
note-passkey-added-advice = Si no fuiste tú, quítala en tu cuenta y cambia tu contraseña.

note-app-added-subject = Se añadió una aplicación de códigos
note-app-added-lead = A partir de ahora, al entrar con tu contraseña se pide también un código de esa aplicación.
note-app-added-advice = Si no fuiste tú, cambia tu contraseña enseguida y quita la aplicación en tu cuenta.

note-factor-removed-subject = Se ha quitado un segundo factor
note-factor-removed-lead = Al entrar ya no se pide lo que se ha quitado.
note-factor-removed-advice = Si no fuiste tú, cambia tu contraseña enseguida.

note-deleted-subject = Tu cuenta se ha eliminado
note-deleted-lead = Tu cuenta de TicketBoss ya no existe, como pediste. Las entradas que compraste siguen siendo válidas.
note-deleted-advice = Solo guardamos lo que exige la ley de contabilidad: importes, fechas y nombres de los pedidos pagados.

note-invited-subject = { $organizer } te invita a su equipo
note-invited-lead = A { $organizer } le gustaría tenerte en su equipo como { $role }.
note-invited-advice = Entra con esta dirección, o crea una cuenta con ella, y acepta en tu cuenta.

note-seats-free-subject = { $title }: hay localidades
note-seats-free-lead = Querías saberlo: hay localidades para { $title }, { $when }, { $venue }.
note-seats-free-link = Ver localidades
note-seats-free-advice = Hemos avisado también a otras personas; cada localidad es de quien la elige primero. Este es el único correo al respecto, y tu dirección ya se ha borrado.

role-owner = titular
role-manager = gestión
role-box-office = taquilla
role-door = puerta

note-sms-reset = { $code } es tu código de TicketBoss para una contraseña nueva. Vale 10 minutos. Nunca lo pedimos.
note-sms-phone = { $code } es tu código de TicketBoss para confirmar este teléfono. Vale 10 minutos.
