# Cases, children, teams, ladders: what pages say of the record.
case = Case
case-title = Case { $reference }
case-print-title = Chronology of case { $reference }
case-printed = Printed for { $who }, { $when }. Keep it as carefully as the record; that it was printed is noted.
case-back = Back to the case
case-print = Chronology to print
case-export = Copy to take away
case-children = Children
case-no-children = No child is linked yet
case-in-charge = In charge
case-nobody-in-charge = Nobody has been allocated
case-open-duties = Owed now
case-on-this-page = On this page
case-open = What is owed now
case-no-open = Nothing is owed in this case now.
case-chronology = Chronology
case-no-events = Nothing is recorded yet.
case-more-events = Later entries are not shown: this page shows the first 2,000.
case-people = People, places and things
case-no-people = Nobody is linked yet.
case-name = Name
case-as = Recorded as
case-meetings = Meetings
case-no-meetings = No meeting is recorded.
case-gaps = What is owed regularly, and was not done
case-no-gaps = Nothing that is owed regularly was left out.
gap-what = What
gap-from = Last done
gap-to = Done again
gap-now = Not yet
gap-missed = Times missed
case-concerns = Concerns about its meetings
case-no-concerns = No concern about its meetings that you may see is recorded.
concern-raised = Raised { $when }, { $age }.
concern-answered = Answered { $when }.
concern-unanswered = Not answered
concern-missed = After it, { $agency } missed { $count ->
    [one] 1 meeting
   *[other] { $count } meetings
} of this case, or its attendance was not recorded.
case-episodes = Missing episodes
case-no-episodes = No missing episode is recorded.
case-suspects = Suspects
case-no-suspects = Nobody is recorded as a suspect.
case-requests = Requests and disagreements
case-no-requests = No request or disagreement is recorded.
case-decisions = Decisions and challenges
case-no-decisions = No decision or challenge is recorded.
case-language = Words in the record
case-no-language = No term was flagged in this case.
case-closed = What was owed before
case-no-closed = Nothing was owed before.
case-readings = Who opened this
case-you-see = Why you see it: { $why }. That you opened it is noted here.

not-recorded = Not recorded

list-title = What
list-about = About
list-due = Due
list-state = State
list-owed = Owed by

attendance-attended = Attended
attendance-apologies-report = Apologies, with a report
attendance-apologies = Apologies
attendance-absent = Absent
attendance-not-recorded = Not recorded
meeting-nobody = It is not recorded who was invited.

episode-child = Child
episode-reported = Reported missing
episode-found = Found
episode-places = Places
episode-interview = Return interview
episode-no-interview = None recorded

suspect-name = Name
suspect-first = First recorded
suspect-done = Done
suspect-nothing-done = Nothing is recorded
suspect-outcome = Outcome
suspect-no-outcome = No outcome
suspect-for = First recorded { $age }

request-what = What
request-when = Made
request-to = To
request-answer = Answer
request-unanswered = Not answered
request-for = Made { $age }

decision-when = When
decision-what = What
decision-who = Who
decision-reason = Reason

language-record = the record it stands in

event-when = When it happened
event-what = What
event-by = Recorded by
event-recorded = recorded
event-late = Recorded late
event-corrected = Corrected
event-withdrawn = Withdrawn
event-corrects = A correction
event-see = See what corrected it
event-see-before = See what it was before

reading-read = read it
reading-print = printed the chronology
reading-export = took a copy away
reading-search = searched
reading-places = looked at what turns up with several children
reading-what-if = tried other rules
reading-duty = opened a duty
reading-episodes = was shown the missing episodes that are not over
reading-program = read it by program
reading-warning = was told to ask for sign-off, and nothing of the case

glass-title = Open a case that is not yours
glass-about = This is about case { $reference }. Open it only if a child needs you to.
glass-warning = Your reason is recorded in the case, a supervisor is told at once and reviews it, and what you open is noted. You may look for 24 hours.
glass-reason = Why do you need to see it?
glass-hint = For example: the child is at the front desk and asks for help.
glass-no-reason = Write why you need to see it, in at least 10 characters
glass-button = Record the reason and open it
said-glass = Your reason is recorded. If there is such a case, you may look at it for 24 hours.

child-title = Child { $reference }
child-why = may see a case that the child is in
child-cases = In these cases:
child-only-seen = This page shows only cases that you may see.
child-open = What is owed to the child now
child-no-open = Nothing is owed to the child now.
child-officers = Officers over time
child-officers-count = { $count ->
    [one] 1 allocation is recorded.
   *[other] { $count } allocations are recorded.
}
child-no-officers = No officer was allocated.
child-promises = Contact promised
child-no-promises = No contact was promised.
promise-made = Promised { $when }
promise-until = by { $when }
promise-kept = Contact made { $when }.
promise-not-kept = No contact recorded since
child-contacts = As somebody who may have been harmed
child-no-contacts = Nothing is recorded of contact as a potential victim.

list-more = { $shown } of { $count } are shown. See all
list-hidden = Not yours to see
list-hidden-owed = Not shown

team-title = Team { $name }
team-soon = Due within 3 days
team-soon-count = due within 3 days
team-no-soon = Nothing that you may see is due within 3 days.
team-missed = Missed
team-missed-count = missed
team-no-missed = The team has missed nothing that you may see.
team-requests = Requests not answered in time
team-requests-count = requests not answered in time
team-no-requests = Nobody in the team is late with an answer to a request.
team-people = People
team-nobody = Nobody holds a post in the team now.
team-cover = Cover
team-no-cover = Nobody covers for the team now.
member-name = Name
member-roles = Post
member-no-post = Cover only
member-load = Owed now
member-asked = Requests not answered
member-training = Trained in
training-none = Nothing is recorded
training-until = until { $when }
training-expired = expired { $when }

ladders-title = Ladder
ladders-about = Duties that were not done, and whose answer they wait for. It shows those that you may see.
ladders-levels = By whose answer is waited for
ladders-role = Role
ladders-count = Waiting
ladders-oldest = The oldest came up
ladders-all = All that wait
ladders-lapsed-count = { $count ->
    [one] 1 of them passed a step that nobody decided
   *[other] { $count } of them passed a step that nobody decided
}
ladders-top-count = { $count ->
    [one] 1 of them reached the top and was not answered there
   *[other] { $count } of them reached the top and were not answered there
}
ladders-none = No answer is waited for.
