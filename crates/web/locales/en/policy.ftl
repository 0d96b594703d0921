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
