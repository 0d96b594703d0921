//! What the security log tells the server's log.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::io;
use std::sync::{Arc, Mutex};

use app::security::{Deed, Doing};
use engine::time::Instant;
use store::Database;
use tracing_subscriber::fmt::MakeWriter;

/// What was logged.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl io::Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logged {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn each_entry_goes_out_as_an_event_of_its_own_target() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::sqlite(&folder.path().join("wakeful.sqlite")).await.unwrap();
    let logged = Logged::default();
    let subscriber = tracing_subscriber::fmt().json().with_writer(logged.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let doing =
        Doing { who: Some("admin"), address: Some("192.0.2.1"), deed: Deed::Account, about: Some("ito") };
    doing.refused(&database, Instant::parse("2026-11-30T09:00:00Z").unwrap()).await.unwrap();
    let text = String::from_utf8(logged.0.lock().unwrap().clone()).unwrap();
    let line = text.lines().find(|line| line.contains(r#""target":"security""#)).unwrap();
    for part in ["\"who\":\"admin\"", "192.0.2.1", "\"what\":\"account\"", "\"ito\"", "\"is_refused\":true"] {
        assert!(line.contains(part), "{part}: {line}");
    }
}
