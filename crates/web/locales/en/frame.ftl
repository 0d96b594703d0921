# What every page has.
service-name = Wakeful
success = Done
error-prefix = Error:
error-summary = There is a problem

exit = Exit this page
exit-activated = Leaving this page.
exit-timed-out = Exit this page expired.
exit-two = Shift, press 2 more times to exit.
exit-one = Shift, press 1 more time to exit.

error-home = Go to Today
error-bad-title = This cannot be read
error-bad = What was sent cannot be read. Go back and send it again.
error-not-found-title = Page not found
error-not-found = There is nothing at this address, or nothing that you may see. If you typed it, check it.
error-forbidden-title = You may not do this
error-forbidden = Ask your supervisor or an administrator if you think that you should.
error-expired-title = This form is out of date
error-expired = Nothing was changed. You may have signed out or in again since you opened it. Go back, load the page again, and send it once more.
error-method-title = This cannot be done here
error-method = This address cannot be used in this way. Go back and try again.
error-too-large-title = This is too long
error-too-large = Nothing was kept. Go back and send less.
error-too-slow-title = This took too long
error-too-slow = Nothing was kept. Check your connection, go back and send it again.
error-too-many-title = Too many attempts
error-too-many = Wait a minute and try again.
error-unavailable-title = Wakeful cannot do this now
error-unavailable = Nothing was changed. Try again in a minute.
error-unconfirmed-title = It is not known whether this was kept
error-unconfirmed = Go back and send it again: what was kept is not kept twice.
error-fault-title = Something is wrong with Wakeful
error-fault = This is not your doing. Try again; if it happens again, tell whoever runs Wakeful for you.
