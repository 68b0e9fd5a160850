# Mails and text messages about an account, and about seats somebody waits for.

note-greeting = Hello { $name },
note-greeting-nameless = Hello,
note-foot = You get this mail because this address was given at { $site }.

note-sign-up-subject = Your code for TicketBoss
note-sign-up-lead = Enter this code where you began to create your account:
note-sign-up-advice = It works once, for 10 minutes. If it wasn’t you, do nothing: without the code there is no account.

note-sign-in-subject = Your code to sign in
note-sign-in-lead = Someone is trying many passwords on your account, so your password alone is not enough for a while. Enter this code where you are signing in:
note-sign-in-advice = It works once, for 10 minutes. We never ask for it by phone or mail. If it wasn’t you who is signing in, somebody knows your password: choose another one now.

note-reset-subject = Your code for a new password
note-reset-lead = Enter this code where you asked for a new password:
note-reset-advice = It works once, for 10 minutes. We never ask for it by phone or mail. If it wasn’t you, do nothing: your password stays as it is.

note-email-subject = Your code to confirm this address
note-email-lead = Enter this code where you changed your address:
note-email-advice = It works once, for 10 minutes. If it wasn’t you, do nothing: nothing changes.

note-already-subject = You have an account already
note-already-lead = Someone, probably you, tried to create a TicketBoss account with this address. There is one already.
note-already-advice = Sign in with your password, or choose “Forgot password”. If it wasn’t you, do nothing.

note-password-changed-subject = Your password was changed
note-password-changed-lead = The password of your TicketBoss account was changed just now, and all other devices were signed out.
note-password-changed-advice = If it wasn’t you, choose “Forgot password” at once.

note-email-changed-subject = Your address was changed
note-email-changed-lead = From now on you sign in with { $email }.
note-email-changed-advice = If it wasn’t you, write to us at once.

note-phone-changed-subject = Your phone number was changed
note-phone-changed-lead = Codes for a forgotten password no longer go to the number from before.
note-phone-changed-advice = If it wasn’t you, change your password at once.

note-passkey-added-subject = A passkey was added
note-passkey-added-lead = You can now sign in with the passkey “{ $name }”.
note-passkey-added-advice = If it wasn’t you, remove it in your account and change your password.

note-app-added-subject = An authenticator app was added
note-app-added-lead = From now on signing in with your password also asks for a code from that app.
note-app-added-advice = If it wasn’t you, change your password at once and remove the app in your account.

note-factor-removed-subject = A second factor was removed
note-factor-removed-lead = Signing in no longer asks for what was removed.
note-factor-removed-advice = If it wasn’t you, change your password at once.

note-deleted-subject = Your account is deleted
note-deleted-lead = Your TicketBoss account is gone, as you asked. Tickets you have bought stay valid.
note-deleted-advice = We keep only what bookkeeping law asks for: the amounts, dates and names of paid orders.

note-invited-subject = { $organizer } asks you to join
note-invited-lead = { $organizer } would like you on its team as { $role }.
note-invited-advice = Sign in with this address, or make an account with it, and accept in your account.

note-seats-free-subject = { $title }: there are seats
note-seats-free-lead = You wanted to know: there are seats for { $title }, { $when }, { $venue }.
note-seats-free-link = See seats
note-seats-free-advice = We told others as well; the first to choose a seat gets it. This is the only mail about it, and your address is now deleted.

role-owner = owner
role-manager = manager
role-box-office = box office
role-door = door

note-sms-reset = { $code } is your TicketBoss code for a new password. It works for 10 minutes. We never ask for it.
note-sms-phone = { $code } is your TicketBoss code to confirm this phone. It works for 10 minutes.
