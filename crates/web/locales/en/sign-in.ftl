# Signing in, and what people change of their own account.
sign-in-title = Sign in
sign-in-name = Name
sign-in-password = Password
sign-in-button = Sign in
sign-in-help = If you cannot sign in, ask whoever runs Wakeful for you. You are never locked out by others who try.
sign-in-wrong = The name or the password is not right
sign-out = Sign out

oidc-button = Sign in with your organisation
oidc-or = Or with a password
oidc-failed = Your organisation did not confirm who you are. Try again
oidc-nobody = Your organisation knows you, and you have no account here. Ask whoever runs Wakeful for you

code-title = Enter your sign-in code
code-label = Sign-in code
code-hint = 6 digits, from the app on your phone
code-button = Continue
code-help = If you have lost your phone, an administrator can let you set up codes anew.
code-wrong = The code is not right. Wait for the next one and enter that

account-title = Your account
account-shown = Shown as
account-name = Name to sign in with
account-officer = In the record
account-password = Password
account-password-set = Set
account-code = Sign-in codes
account-code-on = Set up
account-code-off = Not set up
account-code-set-up = Set up
change = Change

password-title = Choose a password
password-initial = Somebody else chose the password that you signed in with. Choose one that only you know.
password-old = Password that you signed in with
password-new = New password
password-hint = At least { $fewest } characters. Three or four words that do not belong together are easy to remember.
password-again = New password again
password-button = Save
password-short = The new password must have at least { $fewest } characters
password-long = The new password is too long
password-plain = The new password must not have your name in it, or the same few characters again and again
password-common = This password is common, or easy to guess. Choose another, such as four words that have nothing to do with each other
password-differs = Enter the same new password twice
password-old-wrong = This is not the password that you signed in with

set-up-code-title = Set up sign-in codes
set-up-code-there = They are set up. If you have a new phone, ask an administrator to take the old codes away.
set-up-code-required = You need them to go on.
set-up-code-one = Install an authenticator app on your phone, if you have none.
set-up-code-two = Scan the picture with it, or type the key.
set-up-code-three = Enter the code that it shows.
set-up-code-picture = QR code to scan with an authenticator app
set-up-code-by-hand = Key to type:
set-up-code-button = Set up
said-code-set-up = Sign-in codes are set up. You will be asked for one each time you sign in.
