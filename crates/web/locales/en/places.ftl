# Places and people.

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
places-of-last = (in the last { $count } events recorded about it)
places-cases = Cases
places-hidden = { $count ->
    [one] and 1 case that is not yours to see; ask { $who }
   *[other] and { $count } cases that are not yours to see; ask { $who }
}
places-nobody = the supervisor on duty
places-search = Everything recorded about it
places-owed = What is owed about it
places-no-owed = Nothing is owed about it that you may see.
