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
reading-program = read it by program
reading-warning = was told to ask for sign-off, and nothing of the case

glass-title = Open a case that is not yours
glass-about = This is about case { $reference }. Open it only if a child needs you to.
glass-warning = Your reason is recorded in the case, a supervisor of its team reviews it, and what you open is noted. You may look for 24 hours.
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

export-title = Copy of case { $reference }
export-about = The copy holds the chronology of the case. Each row of it says for whom it was made and by whom, and the case keeps a note of it. Keep the copy as carefully as the record.
export-recipient = Who is the copy for?
export-recipient-hint = A name and an office, such as Dana Reyes, children's services
export-no-recipient = Enter who the copy is for
export-purpose = What do they need it for?
export-too-long = Write at most { $most } characters
export-no-purpose = Enter what they need it for
export-format = As what?
export-csv = A table as text (CSV)
export-xlsx = A spreadsheet (XLSX)
export-no-format = Choose what the copy is made as
export-button = Make the copy
export-noted = for { $recipient }: { $purpose }; copy { $copy }; { $why }
export-made-by = made { $when } by { $who }
export-more = Later entries are not in this copy: it holds the first { $most }.
export-sheet = Chronology
export-when = Happened
export-recorded = Recorded
export-late = Late
export-what = What
export-details = Details
export-note = Note
export-by = Recorded by
export-fate = Corrections
export-reference = Reference
export-for = Copy for
export-made = Copy made
export-copy = Number of the copy

places-title = Places and people
places-about = What turns up with several children, across cases. Of cases that are not yours to see, this says how many there are and whom to ask.
places-none = Nothing that turns up with several children is in a case that you may see.
places-more = Only those seen last are shown.
places-rule = Found because
places-last = Last
places-children = Children
places-children-count = { $count ->
    [one] 1 child
   *[other] { $count } children
}
places-cases = Cases
places-hidden = { $count ->
    [one] and 1 case that is not yours to see; ask { $who }
   *[other] and { $count } cases that are not yours to see; ask { $who }
}
places-nobody = the supervisor on duty
places-search = Everything recorded about it
places-owed = What is owed about it
places-no-owed = Nothing is owed about it that you may see.

search-title = Search
search-label = What are you looking for?
search-hint = A name, a reference, a place, or any words of the record. That you searched is noted.
search-button = Search
search-count = { $count ->
    [0] Nothing that you may see has these words.
    [one] 1 entry that you may see has these words.
   *[other] { $count } entries that you may see have these words.
}
search-about = Everything that names { $what }.
search-anew = Search anew
search-more = More than { $count } entries that you may see have these words.
search-named = Cases, people and places
search-officers = Officers
search-found = Entries, the last recorded first
search-in = In
search-next = Earlier
search-first = Back to the last recorded

command-title = Command
command-about = Figures of the whole force. Each figure leads to the duties that it counts; of a case that is not yours to see, it says which duty it is, how it stands and when it was due.
command-trend = Is it done in time?
command-trend-about = Duties by the month in which they were due.
command-before = The year before
command-after = The year after
command-month = Due in
command-in-time = Done in time
command-late = Late, or too early
command-not-done = Not done
command-other = No longer owed, or cannot be told
command-share = In time, of those owed
command-percent = { $share }%
command-ages = What is not done, by how long ago it was due
command-age = Due
command-age-0 = Up to 7 days ago
command-age-1 = 8 to 30 days ago
command-age-2 = 31 to 90 days ago
command-age-3 = 91 days to a year ago
command-age-4 = More than a year ago
command-count = Not done
command-no-levels = Nobody's answer is waited for.
command-top = { $count ->
    [0] Nothing reached the top without being answered there.
    [one] 1 duty reached the top and was not answered there
   *[other] { $count } duties reached the top and were not answered there
}
command-agencies = What agencies owed: attendance, answers, information
command-agency = Agency
command-no-agencies = Nothing is owed by an agency as a whole.
command-teams = Teams, and the strength that was promised
command-no-teams = No strength was promised to a team.
command-held = { $count ->
    [one] 1 person holds a post in it now.
   *[other] { $count } people hold a post in it now.
}
command-falls = When it fell below what was promised
command-last = The last { $shown } of { $count } are shown.
command-other-teams = Other teams
command-team = Team
command-times = Duties that arose when it fell short
command-last-fall = Last one
command-all-teams = All teams
command-teams-of-year = There are many duties about teams. Those due in the year shown, and those still open, are told of here.
command-teams-more = There are more than are told of here.
command-team-more = It has more events than were looked through, so the last are missing here.
command-no-falls-of-year = No duty of that was due in the year shown, and none is open.
command-no-teams-of-year = No duty about a team was due in the year shown, and none is open.
command-no-falls = It did not fall below what was promised.
command-promised = Promised
command-recorded = Recorded
command-strength = Strength of { $team }
command-filled = Posts filled
command-posts = Posts promised
command-trained = Trained
command-caseload = Cases each
command-age-short-0 = to 7 days
command-age-short-1 = 8–30 days
command-age-short-2 = 31–90 days
command-age-short-3 = 91–365 days
command-age-short-4 = over a year
