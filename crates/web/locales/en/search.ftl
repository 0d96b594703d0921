# Search.

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
search-named-of-last = Those that the last { $count } of these entries name.
search-more-named = { $count ->
    [one] 1 more is not shown. Write more of the reference.
   *[other] { $count } more are not shown. Write more of the reference.
}
search-officers = Officers
search-found = Entries, the last recorded first
search-in = In
search-next = Earlier
search-first = Back to the last recorded
