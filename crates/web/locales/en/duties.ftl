# Today, and one duty.
duty-row-case = Recorded in
duty-rule = The rule and its tests
today-teams = Your teams:

nav-today = Today
nav-record = Record
nav-ladder = Ladders
nav-places = Places and people
nav-search = Search
nav-command = Command
nav-policy = Policy
nav-admin = Administration

when-now = now
when-today = today, { $time }
when-tomorrow = tomorrow, { $time }
when-yesterday = yesterday, { $time }
when-in-minutes = in { $number ->
    [one] 1 minute
   *[other] { $number } minutes
}
when-in-hours = in { $number ->
    [one] 1 hour
   *[other] { $number } hours
}
when-in-days = in { $number ->
    [one] 1 day
   *[other] { $number } days
}
when-in-years = in { $number } years
when-ago-years = { $number } years ago
when-ago-minutes = { $number ->
    [one] 1 minute ago
   *[other] { $number } minutes ago
}
when-ago-hours = { $number ->
    [one] 1 hour ago
   *[other] { $number } hours ago
}
when-ago-days = { $number ->
    [one] 1 day ago
   *[other] { $number } days ago
}

state-pending = To do
state-overdue = Overdue
state-met = Done
state-met-late = Done late
state-excused = Excused
state-excused-late = Excused late
state-ended = Ended
state-ended-late = Ended late
state-too-early = Done too early
state-breached = Not done
state-unrecorded = Not recorded
state-undecided = Cannot be told

today-title = Today
today-counts = How many of each
today-count-waiting = wait for your answer
today-count-late = overdue
today-count-soon = due within 7 days
today-count-later = due later
today-waiting = Waiting for your answer
today-waiting-none = Nothing that others have not done waits for your answer.
today-answered = Answered, and still not done
today-late = Overdue
today-late-none = You owe nothing that is overdue.
today-soon = Due within 7 days
today-soon-none = Nothing that you owe is due within 7 days.
today-later = Due later
today-later-none = You owe nothing beyond that.

back-today = Today
duty-answer-by = Answer by
duty-owed-by = Owed by
duty-nobody = nobody who is known
duty-due = Due
duty-no-date = no date
duty-because = Because of
duty-why = Why this is owed
duty-row-because = Because of
duty-row-due = Due
duty-row-owner = Owed by
duty-row-closed = Closed by
duty-row-source = Source
duty-no-source = None is given
duty-open = Nothing yet
duty-explain = Why it stands where it stands
duty-undecided = It cannot be told whether this is owed: { $what }.

answer-title = This waits for your answer
answer-by = Answer by { $by }. After that it goes up by itself.
answer-last = Nobody stands above you here. Your answer is recorded, and the duty stays open until it is done.
answer-until = I will have it done by
answer-until-hint = For example, 4/12/2026
answer-until-wrong = Enter a date that is today or later, like 4/12/2026
answer-act-by = I will act by this date
answer-climb = Send it up now
answer-reason = Why it was not done
answer-reason-missing = Enter why it was not done
answer-action = What has been done about that
answer-action-missing = Enter what has been done about that
answer-accept = Accept that it was not done
said-answered = Your answer is recorded.
said-step-moved = This has moved on since you opened it; see below where it stands.

ladder-title = Who was told, from the top
ladder-none = Nobody was told: it has not been overdue.
ladder-has-none = Nobody is told: this duty climbs no ladder.
ladder-step = Step { $step }: { $to }
ladder-nobody = It is not known who this is.
ladder-opened = Came up { $when }
ladder-answer-by = to be answered by { $when }
ladder-raised = Told { $when }
ladder-not-raised = Nobody was told
ladder-seen = Opened by them { $when }
ladder-not-seen = Not opened by them
ladder-answered = Answered { $when }: { $decision }
ladder-not-answered = Not answered

decision-act-by = to act by a date
decision-climb = sent up
decision-accepted = accepted
decision-answered-late = answered too late
decision-other = something else

about-child = child
about-duty = a step that came up

listing-title = Duties
listing-none = There are none.
listing-first = Back to the first
listing-next = More
listing-force = Of the whole force. Of a case that is not yours to see, this says which duty it is, how it stands and when it was due.
listing-owed = Owed by you
listing-asked = Came up to you
listing-climbing = Not done, and waiting for an answer
listing-lapsed = Passed a step that nobody decided
listing-top = At the top of the ladder
listing-unanswered = Not answered there
listing-answered = Answered there
listing-state = How they stand: { $what }
listing-rule = What they are: { $what }
listing-team = Owed in team { $what }
listing-about = About { $what }
listing-agency = Owed by the agency: { $what }
listing-officer = Owed by { $what }
listing-to = Waiting for: { $what }
listing-from = Due on or after { $what }
listing-by = Due by { $what }
