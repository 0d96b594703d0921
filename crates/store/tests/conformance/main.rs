//! What every store does, shown on each database: one suite, written once.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod access;
mod accounts;
mod append_only;
mod backup;
mod duties;
mod log;
mod opening;
mod outbox;
mod place;
mod registers;

/// Makes a test of each case on each database.
macro_rules! on_both {
    ($($theme:ident: $($case:ident),+;)+) => {
        mod sqlite {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::$theme::$case(crate::place::Place::sqlite()).await;
                }
            )+)+
        }
        mod postgres {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::$theme::$case(crate::place::Place::postgres()).await;
                }
            )+)+
        }
    };
}

on_both! {
    log: an_empty_log_has_no_head, numbers_have_no_gaps, an_id_twice_is_refused_whole, what_is_dropped_leaves_nothing,
        what_failed_cannot_be_committed, many_events_at_once, events_are_found_by_entity, a_step_is_claimed_once,
        policies_keep_their_order, events_are_found_by_their_words_where_they_may_be_seen;
    duties: duties_are_in_order_and_in_pages, a_duty_is_replaced_and_dropped, what_changed_of_a_duty_is_written,
        people_that_no_duty_names_are_forgotten,
        duties_go_over_to_other_people,
        duties_are_counted_by_their_days,
        duties_are_found_by_what_is_asked, what_should_have_been_looked_at_is_counted, many_duties_at_once;
    outbox: each_webhook_has_a_lane_and_all_mail_one, two_claimers_never_take_the_same, a_lease_ends, what_is_given_up_can_be_put_back,
        many_that_were_given_up_are_read_put_back_and_put_aside,
        a_message_is_posted_once;
    registers: a_token_is_kept_until_it_is_revoked, a_feed_is_kept_until_it_is_revoked, contacts_are_replaced,
        one_looks_for_gaps_and_all_know_what_was_told,
        webhooks_are_replaced_and_removed, nodes_say_that_they_are_there;
    accounts: an_account_is_kept_and_changed, what_one_proposes_another_confirms, a_code_is_used_once, sessions_end, tries_are_counted_until_they_are_old,
        of_tries_made_at_once_no_more_are_heard,
        the_security_log_tells_the_last_first, a_draft_is_its_accounts_alone;
    access: a_case_after_others_has_the_number_of_a_case, another_after_cases_has_no_number_of_a_case,
        one_sees_what_is_of_oneself_before_there_is_an_event_of_it,
        posts_are_replaced_all_at_once, who_is_in_charge_is_replaced_stream_by_stream,
        a_broken_glass_lets_in_until_its_time,
        who_was_written_to_of_a_duty_sees_it_while_it_is_open,
        of_entities_those_are_in_sight_that_turn_up_in_a_case_one_sees, who_opened_what_is_told_the_last_first,
        a_duty_keeps_whom_its_ladder_reached, duties_are_narrowed_and_in_the_order_of_due;
    append_only: nothing_recorded_is_changed;
    backup: a_backup_is_restored_on_the_other, a_backup_of_an_earlier_format_is_restored,
        a_backup_without_numbers_of_streams_is_restored, a_backup_is_of_one_moment, what_is_not_whole_is_refused,
        a_full_disk_is_said;
    opening: several_open_a_new_one_at_once, a_newer_one_is_refused,
        one_that_a_newer_version_set_up_meanwhile_is_not_written_into,
        one_of_an_earlier_version_is_brought_up_to_this,
        one_whose_lists_of_people_had_names_is_brought_up_to_this,
        one_whose_streams_had_no_numbers_is_brought_up_to_this,
        one_whose_days_were_not_counted_is_brought_up_to_this, what_was_committed_is_there_again;
}
