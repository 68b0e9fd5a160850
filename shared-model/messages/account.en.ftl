### Accounts, English: signing in and up, codes, a forgotten password, the account's pages.

## Signing in
nav-account = Account
sign-in-title = Sign in
sign-in-safe = { $seats ->
    [one] Your seat stays yours.
   *[other] Your { $seats } seats stay yours.
}
sign-in-takes-along = They stay in your cart when you sign in.
sign-in-or = or with your password
sign-in-stay = Stay signed in
sign-in-forgot = Forgot password
sign-in-button = Sign in
sign-in-guest = Browse as guest
sign-in-make = Create an account
sign-in-guest-words = As a guest you need only a name and an e-mail to buy.
sign-in-wrong = That e-mail and password don’t match. Nothing is lost; please try again.
sign-in-close = Close
sign-in-first = Finish signing in, or close this first
sign-in-ask = Have an account?
sign-out = Sign out
password-show = Show
passkey-use = Use a passkey
passkey-failed = That passkey doesn’t belong to an account here. Try another way.
passkey-cancelled = The passkey was not used. Try again, or sign in with your password.
account-later = { $minutes ->
    [one] That was tried too often. Please wait a minute.
   *[other] That was tried too often. Please wait { $minutes } minutes.
}
account-back = Back
second-factor-title = One more step
second-factor-lead = Your password is right. This account also asks for a second step.
second-factor-mailed-lead = Your password is right. Someone is trying many passwords on this account, so we have also sent a code to its e-mail address.
second-factor-or = or with your authenticator app

## Making an account
sign-up-title = Create an account
sign-up-lead = All your tickets in one place, and your next purchase takes two taps.
sign-up-phone = Mobile phone (optional)
sign-up-phone-hint = With country code, like +34 612 345 678. If you forget your password, we send a code by SMS.
sign-up-go-on = Send me a code
password-hint = At least { $min } characters. A few words in a row work well.
password-length = Use { $min } to { $max } characters.
password-weak = Too easy to guess: it is common, or based on your name. A few words in a row are better.
password-new = New password
password-again = Repeat the password
password-differs = The two passwords are different.
phone-wrong = Enter a mobile number with + and its country code, like +34 612 345 678; landlines get no codes.

## Codes
code-title = Enter the code
code-title-email = Check your mail
code-lead-email = We sent six digits to { $email }. They work for 10 minutes.
code-phone-why = Your account is ready. Confirm your phone, and we can send a code by SMS if you forget your password.
code-phone-later = Not now
code-lead-phone = We sent six digits to { $phone }. They work for 10 minutes.
code-from-sms = Code from the SMS
code-from-email = Code from the mail
code-check = Check the code
code-wrong = { $tries ->
    [0] That is not the right code, and it can’t be tried any more. Ask for a new one.
    [one] That is not the right code. 1 try left.
   *[other] That is not the right code. { $tries } tries left.
}
code-over = This code no longer works: it was used, is too old, or was tried too often. Ask for a new one.
code-no-sms = No SMS yet?
code-no-email = No mail yet?
code-again-in = Send again in
code-again-now = You can ask for another code.
code-again = Send again
code-send = Send me a code

## A forgotten password
reset-title = Forgot password
reset-step-email = E-mail
reset-step-code = Code
reset-step-password = New password
reset-lead = Enter your e-mail. If it has an account, we send a code to its phone.
reset-send = Send the code
reset-lead-sms = If this e-mail has an account with a phone, we sent six digits to that phone; without a phone, to the e-mail. They work for 10 minutes.
reset-lead-email = If this e-mail has an account, we sent six digits to it. They work for 10 minutes.
reset-no-phone = I don’t have this phone any more
reset-password-title = Choose a new password
reset-password-lead = Enter it twice. You will be signed out everywhere else.
reset-password-set = Set the new password
reset-done-title = Your new password is set
reset-done = It works from now on.
reset-done-sessions = All other devices were signed out. What is in your cart is still yours.

## The account
account-title = Your account
account-since = Since { $date }
account-you = You
account-email = E-mail
account-phone = Phone
account-phone-waits = { $phone }, not confirmed yet
account-confirm = Confirm
account-no-phone = None yet. If you forget your password, we send a code by mail.
account-role = Role
account-save = Save
account-change = Change
account-add = Add
account-remove = Remove
account-entry = Signing in
account-password = Password
account-password-hidden = Known only to you
account-passkeys-count = { $count ->
    [0] None yet
    [one] 1 passkey
   *[other] { $count } passkeys
}
account-totp = Authenticator app
account-totp-on = Asked for at every sign-in
account-totp-off = Not used
account-sessions = Signed in on
account-session-unknown = A device
account-session-this = This device, now
account-session-used = Last used { $when }
account-end = Sign out
account-end-others = Sign out everywhere else
account-cards = Saved cards
account-no-cards = None. You can keep one when you buy; its number stays with the payment provider.
account-data = Your data
account-data-words = Download everything we know about you, or delete your account.
account-export = Download as JSON
account-delete = Delete my account
account-done-profile = Saved.
account-done-email = Your new e-mail is confirmed. You sign in with it from now on.
account-done-phone = Your phone is confirmed.
account-done-phone-removed = Your phone was removed.
account-done-password = Your new password is set. All other devices were signed out.
account-done-passkey = Your passkey was added. You can sign in with it from now on.
account-done-passkey-removed = The passkey was removed.
account-done-totp = From now on signing in asks for a code from your app.
account-done-totp-removed = Signing in no longer asks for your app.
account-done-card-removed = The card was removed.
account-done-session-ended = That device was signed out.
account-done-sessions-ended = All other devices were signed out.
account-done-joined = Welcome to the team.
account-done-declined = You declined the invitation.
role-operator = Operator of the platform
role-in-team = { $role } at { $organizer }
invitation-sentence = { $organizer } asks you to join as: { $role }
invitation-until = Open until { $date }
invitation-accept = Join
invitation-decline = No, thank you
proof-title = Confirm it’s you
proof-lead = The next step is sensitive, so please show once more that it’s you. This lasts 10 minutes.
proof-go-on = Continue
password-current = Current password
password-current-wrong = That is not your password.
password-change-title = Change your password
password-change-lead = You will be signed out everywhere else.
password-change = Change the password
email-change-title = Change your e-mail
email-change-lead = We send a code to the new address. Until it is typed, everything stays as it is.
email-new = New e-mail
phone-title = Your phone
phone-lead = We send a code to it. It is used for a forgotten password and for nothing else.
phone-new = Mobile phone
phone-hint = With country code, like +34 612 345 678.
phone-remove = Remove my phone
passkeys-title = Passkeys
passkeys-lead = A passkey signs you in by fingerprint, face or the PIN of your device. Nothing to type, nothing to steal.
passkeys-need-script = Adding a passkey needs JavaScript.
passkey-name = Name of the new one
passkey-name-hint = Such as “My phone”, so that you know it again.
passkey-add = Add a passkey
passkey-made = Made { $when }
totp-title = Add an authenticator app
totp-lead = Scan this with your app, then type the code it shows.
totp-by-hand = Or type it by hand:
totp-code = Code from the app
totp-wrong = That is not the code the app shows now. Wait for the next one and try again.
totp-set-up = Use this app
totp-remove-title = Remove the authenticator app
totp-remove-lead = Signing in will no longer ask for its code. We tell you by mail.
totp-remove = Remove the app
delete-title = Delete your account
delete-lead = Your name, address, phone, passkeys, saved cards and sessions are deleted at once. This can’t be undone.
delete-kept = Bookkeeping law requires us to keep your orders with your name.
delete-tickets = Tickets you bought stay valid. Download them first, because you can’t sign in any more.
delete-now = Delete for good
delete-last-owner = You are the last owner of an organizer. Make somebody else an owner first.
you-sign-in = Sign in and we fill this in for you
