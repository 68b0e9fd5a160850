### Cuentas, español: entrar, crear una cuenta, códigos, contraseña olvidada, las páginas de la cuenta.

## Entrar
nav-account = Cuenta
sign-in-title = Entrar
sign-in-safe = { $seats ->
    [one] Tu localidad sigue siendo tuya.
   *[other] Tus { $seats } localidades siguen siendo tuyas.
}
sign-in-takes-along = Siguen en tu cesta cuando entras.
sign-in-or = o con tu contraseña
sign-in-stay = Mantener la sesión abierta
sign-in-forgot = He olvidado la contraseña
sign-in-button = Entrar
sign-in-guest = Seguir como invitado
sign-in-make = Crear una cuenta
sign-in-guest-words = Para comprar como invitado solo hacen falta un nombre y un correo.
sign-in-wrong = Ese correo y esa contraseña no coinciden. No se ha perdido nada; inténtalo de nuevo.
sign-in-close = Cerrar
sign-in-first = Termina de entrar o cierra la ventana
sign-in-ask = ¿Tienes cuenta?
sign-out = Salir
password-show = Ver
passkey-use = Usar una llave de acceso
passkey-failed = Esa llave no abre ninguna cuenta aquí. Prueba de otra forma.
passkey-cancelled = La llave no se ha usado. Inténtalo de nuevo o entra con tu contraseña.
account-later = { $minutes ->
    [one] Demasiados intentos. Espera un minuto, por favor.
   *[other] Demasiados intentos. Espera { $minutes } minutos, por favor.
}
account-back = Volver
second-factor-title = Un paso más
second-factor-lead = Tu contraseña es correcta. Esta cuenta pide además un segundo paso.
second-factor-mailed-lead = Tu contraseña es correcta. Alguien está probando muchas contraseñas en esta cuenta, así que también hemos enviado un código a su correo.
second-factor-or = o con tu aplicación de códigos

## Crear una cuenta
sign-up-title = Crear una cuenta
sign-up-lead = Todas tus entradas en un solo sitio, y la próxima compra en dos toques.
sign-up-phone = Teléfono móvil (opcional)
sign-up-phone-hint = Con prefijo de país, como +34 612 345 678. Si olvidas la contraseña, enviamos un código por SMS.
sign-up-go-on = Enviarme un código
password-hint = Al menos { $min } caracteres. Unas cuantas palabras seguidas van bien.
password-length = Usa de { $min } a { $max } caracteres.
password-weak = Demasiado fácil de adivinar: es muy común o se basa en tu nombre. Mejor unas cuantas palabras seguidas.
password-new = Contraseña nueva
password-again = Repite la contraseña
password-differs = Las dos contraseñas son distintas.
phone-wrong = Escribe un móvil con + y el prefijo del país, como +34 612 345 678; los fijos no reciben códigos.

## Códigos
code-title = Escribe el código
code-title-email = Mira tu correo
code-lead-email = Hemos enviado seis cifras a { $email }. Sirven durante 10 minutos.
code-phone-why = Tu cuenta está lista. Confirma tu teléfono y podremos enviarte un código por SMS si olvidas la contraseña.
code-phone-later = Ahora no
code-lead-phone = Hemos enviado seis cifras a { $phone }. Sirven durante 10 minutos.
code-from-sms = Código del SMS
code-from-email = Código del correo
code-check = Comprobar el código
code-wrong = { $tries ->
    [0] No es el código correcto y ya no admite más intentos. Pide uno nuevo.
    [one] No es el código correcto. Queda 1 intento.
   *[other] No es el código correcto. Quedan { $tries } intentos.
}
code-over = Este código ya no sirve: usado, caducado o con demasiados intentos. Pide uno nuevo.
code-no-sms = ¿No llega el SMS?
code-no-email = ¿No llega el correo?
code-again-in = Enviar otro en
code-again-now = Puedes pedir otro código.
code-again = Enviar otro
code-send = Enviarme un código

## Contraseña olvidada
reset-title = He olvidado la contraseña
reset-step-email = Correo
reset-step-code = Código
reset-step-password = Contraseña
reset-lead = Dinos tu correo. Si tiene cuenta, enviamos un código a su teléfono.
reset-send = Enviar el código
reset-lead-sms = Si este correo tiene una cuenta con teléfono, hemos enviado seis cifras a ese teléfono; sin teléfono, al correo. Sirven durante 10 minutos.
reset-lead-email = Si este correo tiene una cuenta, le hemos enviado seis cifras. Sirven durante 10 minutos.
reset-no-phone = Ya no tengo este teléfono
reset-password-title = Elige una contraseña nueva
reset-password-lead = Escríbela dos veces. Se cerrará la sesión en los demás dispositivos.
reset-password-set = Guardar la contraseña
reset-done-title = Tu contraseña nueva está guardada
reset-done = Sirve desde ahora.
reset-done-sessions = Se ha cerrado la sesión en los demás dispositivos. Lo que hay en tu cesta sigue siendo tuyo.

## La cuenta
account-title = Tu cuenta
account-since = Desde el { $date }
account-you = Tú
account-email = Correo
account-phone = Teléfono
account-phone-waits = { $phone }, aún sin confirmar
account-confirm = Confirmar
account-no-phone = Todavía ninguno. Si olvidas la contraseña, enviamos un código por correo.
account-role = Rol
account-save = Guardar
account-change = Cambiar
account-add = Añadir
account-remove = Quitar
account-entry = Formas de entrar
account-password = Contraseña
account-password-hidden = Solo la sabes tú
account-passkeys-count = { $count ->
    [0] Todavía ninguna
    [one] 1 llave de acceso
   *[other] { $count } llaves de acceso
}
account-totp = Aplicación de códigos
account-totp-on = Se pide cada vez que entras
account-totp-off = No se usa
account-sessions = Sesiones abiertas
account-session-unknown = Un dispositivo
account-session-this = Este dispositivo, ahora
account-session-used = Último uso: { $when }
account-end = Cerrar sesión
account-end-others = Cerrar las demás sesiones
account-cards = Tarjetas guardadas
account-no-cards = Ninguna. Puedes guardar una al comprar; su número se queda en el proveedor de pagos.
account-data = Tus datos
account-data-words = Descarga todo lo que sabemos de ti, o elimina tu cuenta.
account-export = Descargar en JSON
account-delete = Eliminar mi cuenta
account-done-profile = Guardado.
account-done-email = Tu correo nuevo está confirmado. Desde ahora entras con él.
account-done-phone = Tu teléfono está confirmado.
account-done-phone-removed = Se ha quitado tu teléfono.
account-done-password = Tu contraseña nueva está guardada. Se ha cerrado la sesión en los demás dispositivos.
account-done-passkey = Se ha añadido tu llave. Desde ahora puedes entrar con ella.
account-done-passkey-removed = Se ha quitado la llave.
account-done-totp = Desde ahora al entrar se pide un código de tu aplicación.
account-done-totp-removed = Al entrar ya no se pide tu aplicación.
account-done-card-removed = Se ha quitado la tarjeta.
account-done-session-ended = Se ha cerrado esa sesión.
account-done-sessions-ended = Se han cerrado las demás sesiones.
account-done-joined = Te damos la bienvenida al equipo.
account-done-declined = Has rechazado la invitación.
role-operator = Gestión de la plataforma
role-in-team = { $role } en { $organizer }
invitation-sentence = { $organizer } te invita a su equipo como: { $role }
invitation-until = Abierta hasta el { $date }
invitation-accept = Unirme
invitation-decline = No, gracias
proof-title = Confirma que eres tú
proof-lead = El siguiente paso es delicado, así que demuestra otra vez que eres tú. Vale durante 10 minutos.
proof-go-on = Continuar
password-current = Contraseña actual
password-current-wrong = Esa no es tu contraseña.
password-change-title = Cambiar la contraseña
password-change-lead = Se cerrará la sesión en los demás dispositivos.
password-change = Cambiar la contraseña
email-change-title = Cambiar el correo
email-change-lead = Enviamos un código a la dirección nueva. Hasta que lo escribas, todo sigue igual.
email-new = Correo nuevo
phone-title = Tu teléfono
phone-lead = Le enviamos un código. Sirve para una contraseña olvidada y para nada más.
phone-new = Teléfono móvil
phone-hint = Con prefijo de país, como +34 612 345 678.
phone-remove = Quitar mi teléfono
passkeys-title = Llaves de acceso
passkeys-lead = Con una llave de acceso entras con la huella, la cara o el PIN de tu dispositivo. Nada que escribir, nada que robar.
passkeys-need-script = Para añadir una llave hace falta JavaScript.
passkey-name = Nombre de la nueva
passkey-name-hint = Por ejemplo «Mi móvil», para reconocerla.
passkey-add = Añadir una llave
passkey-made = Creada el { $when }
totp-title = Añadir una aplicación de códigos
totp-lead = Escanéalo con tu aplicación y escribe el código que muestra.
totp-by-hand = O escríbelo a mano:
totp-code = Código de la aplicación
totp-wrong = No es el código que muestra ahora la aplicación. Espera al siguiente e inténtalo de nuevo.
totp-set-up = Usar esta aplicación
totp-remove-title = Quitar la aplicación de códigos
totp-remove-lead = Al entrar ya no se pedirá su código. Te avisamos por correo.
totp-remove = Quitar la aplicación
delete-title = Eliminar tu cuenta
delete-lead = Tu nombre, dirección, teléfono, llaves, tarjetas guardadas y sesiones se eliminan al momento. No se puede deshacer.
delete-kept = La ley de contabilidad nos obliga a conservar tus pedidos con tu nombre.
delete-tickets = Las entradas que compraste siguen siendo válidas. Descárgalas antes, porque ya no podrás entrar.
delete-now = Eliminar para siempre
delete-last-owner = Eres la última persona titular de un organizador. Nombra antes a otra.
you-sign-in = Entra y lo rellenamos por ti
