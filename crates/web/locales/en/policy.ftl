# The policy in plain words.
policy-title = What is owed
policy-lead = { $rules ->
    [one] One rule says what is owed, by whom and by when.
   *[other] { $rules } rules say what is owed, by whom and by when. Each has its source and its tests.
}
policy-themes = Themes
policy-versions = Versions
policy-version = Version
policy-from = In force from
policy-activated = Put into force
policy-by = By
policy-always = The beginning
rule-back = All rules
rule-caption = Rule
rule-source = Source
rule-confidence = How sure the source is
rule-owner = Who owes it
rule-setting = A figure of this force
rule-ladder = Whom silence climbs to
rule-no-ladder = It climbs to nobody.
rule-answer-within = { $span } to answer
rule-answer-last = the last step
rule-tests = How it is tested
rule-no-tests = No test names it.
rule-test-raised = raised
rule-test-nothing = nothing is owed

what-if = Try other rules on the record
what-if-title = What if
what-if-about = Try rules on everything recorded so far, before anybody puts them into force. Nothing changes by it. What you try is noted, and numbers below 5 are not told.
what-if-text = Rules to lay over the policy in force
what-if-hint = In the policy language, as a file that extends the policy: another limit, a new duty, a rule switched off with a reason. Leave it empty to see what the rules in force now would have found had they always been in force.
what-if-few = fewer than { $count }
what-if-button = Try it
what-if-found = What would be otherwise
what-if-found-laid = The policy in force with this text laid over it, against the policy in force, as if either had always been.
what-if-found-always = The policy in force now, as if it always had been, against what was found as its versions came into force.
what-if-rule = Rule
what-if-appear = Would arise
what-if-vanish = Would not arise
what-if-moved = Would stand otherwise
what-if-missed = Missed or late
what-if-would-be-missed = Would be missed or late
what-if-nothing = Nothing would be otherwise.
