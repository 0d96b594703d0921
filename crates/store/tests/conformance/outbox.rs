//! Messages to be delivered.

use std::collections::BTreeSet;

use store::{Attempt, Message, Outcome, Store, StoreError};

use crate::place::{Place, message, ms};

async fn post(store: &impl Store, messages: &[Message]) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    transaction.post(messages).await?;
    transaction.commit().await
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
                let claimed = store.claim_messages(ms(1000), ms(2000), 7).await.unwrap();
                assert!(claimed.len() <= 7);
                idle = if claimed.is_empty() { idle + 1 } else { 0 };
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
    assert_eq!(store.claim_messages(ms(9), ms(100), 9).await.unwrap(), []);
    let first = store.claim_messages(ms(20), ms(100), 9).await.unwrap();
    assert_eq!(first.iter().map(|waiting| &*waiting.message.id).collect::<Vec<_>>(), ["m1", "m2"]);
    assert_eq!((&first[0].message, first[0].attempts, &first[0].error), (&message("m1", 10), 0, &None));
    assert_eq!(store.claim_messages(ms(99), ms(200), 9).await.unwrap(), []);
    assert_eq!(store.claim_messages(ms(100), ms(200), 1).await.unwrap().len(), 1);

    let sent = Attempt { at: ms(101), outcome: Outcome::Sent };
    store.settle_message("m1", &sent).await.unwrap();
    let again = Attempt { at: ms(102), outcome: Outcome::Again { at: ms(300), error: "refused".into() } };
    store.settle_message("m2", &again).await.unwrap();
    store.settle_message("m1", &again).await.unwrap();
    assert_eq!(store.claim_messages(ms(299), ms(400), 9).await.unwrap(), []);
    let later = store.claim_messages(ms(300), ms(400), 9).await.unwrap();
    assert_eq!(later.len(), 1, "what was sent stays so");
    assert_eq!((&*later[0].message.id, later[0].attempts), ("m2", 1));
    assert_eq!(later[0].error.as_deref(), Some("refused"));
    assert_eq!(store.message_counts().await.unwrap(), (1, 0));
}

pub async fn what_is_given_up_can_be_put_back(place: Place) {
    let store = place.open().await;
    post(&store, &[message("m1", 2), message("m2", 1), message("m3", 1)]).await.unwrap();
    let dead = Attempt { at: ms(5), outcome: Outcome::Dead { error: "no such address".into() } };
    for id in ["m1", "m2"] {
        store.settle_message(id, &dead).await.unwrap();
    }
    let letters = store.dead_letters(9).await.unwrap();
    assert_eq!(letters.iter().map(|letter| &*letter.message.id).collect::<Vec<_>>(), ["m2", "m1"]);
    assert_eq!((letters[0].attempts, letters[0].error.as_deref()), (1, Some("no such address")));
    assert_eq!(store.dead_letters(1).await.unwrap().len(), 1);
    assert_eq!(store.message_counts().await.unwrap(), (1, 2));

    assert!(store.replay("m1", ms(50)).await.unwrap());
    assert!(!store.replay("m1", ms(50)).await.unwrap());
    assert!(!store.replay("m3", ms(50)).await.unwrap());
    assert!(!store.replay("none", ms(50)).await.unwrap());
    assert_eq!(store.message_counts().await.unwrap(), (2, 1));
    let claimed = store.claim_messages(ms(50), ms(60), 9).await.unwrap();
    assert_eq!(claimed.iter().map(|waiting| &*waiting.message.id).collect::<Vec<_>>(), ["m3", "m1"]);
    assert_eq!(claimed[1].attempts, 0, "it has all its attempts again");
}

pub async fn a_message_is_posted_once(place: Place) {
    let store = place.open().await;
    post(&store, &[message("m1", 1)]).await.unwrap();
    let error = post(&store, &[message("m2", 1), message("m1", 1)]).await.unwrap_err();
    assert_eq!(error.to_string(), "message `m1` is there already");
    assert_eq!(store.message_counts().await.unwrap(), (1, 0));
}
