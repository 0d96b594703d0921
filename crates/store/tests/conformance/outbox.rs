//! Messages to be delivered.

use std::collections::BTreeSet;

use store::{Attempt, DeadGroup, DeadQuery, Message, MessageCounts, Outcome, Store, StoreError, Waiting};

use crate::place::{Place, message, ms};

async fn post(store: &impl Store, messages: &[Message]) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    transaction.post(messages).await?;
    transaction.commit().await
}

/// Takes all the mail that has come due, in the order in which it is given out.
async fn claim(store: &impl Store, now: i64, until: i64) -> Vec<Waiting> {
    let mut claimed = Vec::new();
    while let Some(waiting) = store.claim_message("mail", ms(now), ms(until)).await.unwrap() {
        claimed.push(waiting);
    }
    claimed
}

/// How many messages wait, and how many were given up.
async fn counts(store: &impl Store) -> (u64, u64) {
    let counts = store.message_counts().await.unwrap();
    (counts.waiting, counts.dead)
}

fn ids(claimed: &[Waiting]) -> Vec<&str> {
    claimed.iter().map(|waiting| &*waiting.message.id).collect()
}

pub async fn each_webhook_has_a_lane_and_all_mail_one(place: Place) {
    let store = place.open().await;
    let of = |id: &str, at, channel: &str, recipient: &str| Message {
        channel: channel.into(),
        recipient: recipient.into(),
        ..message(id, at)
    };
    let messages = [
        of("m1", 1, "mail", "officer:a"),
        of("m2", 2, "mail", "officer:b"),
        of("w1", 1, "webhook", "crm"),
        of("w2", 1, "webhook", "mail"),
        of("w3", 9, "webhook", "later"),
    ];
    post(&store, &messages).await.unwrap();
    assert_eq!(store.due_lanes(ms(0)).await.unwrap(), [""; 0]);
    assert_eq!(store.due_lanes(ms(5)).await.unwrap(), ["mail", "webhook:crm", "webhook:mail"]);
    assert_eq!(ids(&claim(&store, 5, 100).await), ["m1", "m2"]);
    assert_eq!(store.due_lanes(ms(5)).await.unwrap(), ["webhook:crm", "webhook:mail"]);
    let taken = store.claim_message("webhook:mail", ms(5), ms(100)).await.unwrap().unwrap();
    assert_eq!(taken.message, messages[3]);
    assert_eq!(store.claim_message("webhook:mail", ms(5), ms(100)).await.unwrap(), None);
}

pub async fn two_claimers_never_take_the_same(place: Place) {
    let nodes = [place.open().await, place.open().await];
    let messages: Vec<Message> = (0..120).map(|number| message(&format!("m{number:03}"), number)).collect();
    post(&nodes[0], &messages).await.unwrap();
    let mut claimers = tokio::task::JoinSet::new();
    for claimer in 0..4 {
        let store = nodes[claimer % 2].clone();
        claimers.spawn(async move {
            let (mut taken, mut idle) = (Vec::new(), 0);
            while idle < 3 {
                let claimed = store.claim_message("mail", ms(1000), ms(2000)).await.unwrap();
                idle = if claimed.is_none() { idle + 1 } else { 0 };
                taken.extend(claimed.into_iter().map(|waiting| waiting.message.id));
            }
            taken
        });
    }
    let mut taken = Vec::new();
    while let Some(claimed) = claimers.join_next().await {
        taken.extend(claimed.unwrap());
    }
    assert_eq!(taken.len(), messages.len());
    assert_eq!(taken.iter().collect::<BTreeSet<_>>().len(), messages.len());
}

pub async fn a_lease_ends(place: Place) {
    let store = place.open().await;
    post(&store, &[message("m2", 20), message("m1", 10)]).await.unwrap();
    assert_eq!(claim(&store, 9, 100).await, []);
    let first = claim(&store, 20, 100).await;
    assert_eq!(ids(&first), ["m1", "m2"]);
    assert_eq!((&first[0].message, first[0].attempts, &first[0].error), (&message("m1", 10), 0, &None));
    assert_eq!(claim(&store, 99, 200).await, []);
    assert!(store.claim_message("mail", ms(100), ms(200)).await.unwrap().is_some());

    let sent = Attempt { at: ms(101), outcome: Outcome::Sent };
    store.settle_message("m1", &sent).await.unwrap();
    let again = Attempt { at: ms(102), outcome: Outcome::Again { at: ms(300), error: "refused".into() } };
    store.settle_message("m2", &again).await.unwrap();
    store.settle_message("m1", &again).await.unwrap();
    assert_eq!(claim(&store, 299, 400).await, []);
    let later = claim(&store, 300, 400).await;
    assert_eq!(later.len(), 1, "what was sent stays so");
    assert_eq!((&*later[0].message.id, later[0].attempts), ("m2", 1));
    let oldest_waiting = Some(ms(20));
    let expected = MessageCounts { waiting: 1, retrying: 1, oldest_waiting, dead: 0 };
    assert_eq!(store.message_counts().await.unwrap(), expected);
    assert_eq!(later[0].error.as_deref(), Some("refused"));
}

/// All that was given up, or the one of an id.
fn dead(id: Option<&str>) -> DeadQuery {
    DeadQuery { id: id.map(Into::into), ..DeadQuery::default() }
}

async fn give_up(store: &impl Store, id: &str, error: &str) {
    let outcome = Outcome::Dead { error: error.into() };
    store.settle_message(id, &Attempt { at: ms(5), outcome }).await.unwrap();
}

pub async fn what_is_given_up_can_be_put_back(place: Place) {
    let store = place.open().await;
    post(&store, &[message("m1", 2), message("m2", 1), message("m3", 1)]).await.unwrap();
    for id in ["m1", "m2"] {
        give_up(&store, id, "no such address").await;
    }
    let letters = store.dead_letters(&dead(None), None, 9).await.unwrap();
    assert_eq!(ids(&letters), ["m2", "m1"]);
    assert_eq!((letters[0].attempts, letters[0].error.as_deref()), (1, Some("no such address")));
    assert_eq!(counts(&store).await, (1, 2));

    assert_eq!(store.replay(&dead(Some("m1")), ms(50)).await.unwrap(), 1);
    for id in ["m1", "m3", "none"] {
        assert_eq!(store.replay(&dead(Some(id)), ms(50)).await.unwrap(), 0);
    }
    assert_eq!(counts(&store).await, (2, 1));
    let claimed = claim(&store, 50, 60).await;
    assert_eq!(ids(&claimed), ["m3", "m1"]);
    assert_eq!(claimed[1].attempts, 0, "it has all its attempts again");
}

pub async fn many_that_were_given_up_are_read_put_back_and_put_aside(place: Place) {
    let store = place.open().await;
    let to = |number: i64| Message {
        recipient: format!("officer:o{}", number % 3),
        ..message(&format!("m{number:02}"), number / 4)
    };
    let messages: Vec<Message> = (0..30).map(to).collect();
    post(&store, &messages).await.unwrap();
    for (number, message) in messages.iter().enumerate() {
        give_up(&store, &message.id, if number % 5 == 0 { "100% O'Hara_" } else { "no such address" }).await;
    }
    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let page = store.dead_letters(&dead(None), after.as_ref(), 7).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.message.at, last.message.id.clone()));
        paged.extend(page.into_iter().map(|waiting| waiting.message));
    }
    assert_eq!(paged, messages);

    let group = |reason: &str, count, oldest| DeadGroup {
        channel: "mail".into(),
        reason: Some(reason.into()),
        count,
        oldest: ms(oldest),
    };
    let groups = store.dead_groups(&dead(None)).await.unwrap();
    assert_eq!(groups, [group("no such address", 24, 0), group("100% O'Hara_", 6, 0)]);
    let which = |recipient: Option<&str>, reason: Option<&str>| DeadQuery {
        id: None,
        recipient: recipient.map(Into::into),
        reason: reason.map(Into::into),
    };
    assert_eq!(store.dead_groups(&which(None, Some("%"))).await.unwrap(), [group("100% O'Hara_", 6, 0)]);
    assert_eq!(store.dead_groups(&which(None, Some("o'hara"))).await.unwrap(), []);
    let both = which(Some("officer:o0"), Some("Hara"));
    assert_eq!(ids(&store.dead_letters(&both, None, 99).await.unwrap()), ["m00", "m15"]);
    assert_eq!(store.replay(&both, ms(50)).await.unwrap(), 2);
    assert_eq!(store.drop_dead(&which(None, Some("Hara")), ms(60)).await.unwrap(), 4);
    assert_eq!(counts(&store).await, (2, 24));
    assert_eq!(store.dead_groups(&dead(None)).await.unwrap(), [group("no such address", 24, 0)]);
    assert_eq!(store.replay(&dead(None), ms(50)).await.unwrap(), 24, "what was put aside stays there");
}

pub async fn a_message_is_posted_once(place: Place) {
    let store = place.open().await;
    post(&store, &[message("m1", 1)]).await.unwrap();
    let error = post(&store, &[message("m2", 1), message("m1", 1)]).await.unwrap_err();
    assert_eq!(error.to_string(), "message `m1` is there already");
    assert_eq!(counts(&store).await, (1, 0));
}
