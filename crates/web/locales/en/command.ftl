# Command: how the force does, and its teams.

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
