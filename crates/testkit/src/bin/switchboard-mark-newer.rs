//! `switchboard-mark-newer DATABASE SECRETS.json`: for journeys, which cannot open an encrypted database themselves.

fn main() -> anyhow::Result<()> {
    let mut given = std::env::args_os().skip(1);
    let (Some(database), Some(secrets)) = (given.next(), given.next()) else {
        anyhow::bail!("usage: switchboard-mark-newer DATABASE SECRETS.json");
    };
    switchboard_testkit::mark_newer(database.as_ref(), secrets.as_ref())
}
