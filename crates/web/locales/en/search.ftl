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
search-more-named = { $count ->
    [one] One more is not shown. Another word tells them apart.
   *[other] { $count } more are not shown. Another word tells them apart.
}
search-officers = Officers
search-found = Entries, the last recorded first
search-in = In
search-next = Earlier
search-first = Back to the last recorded
