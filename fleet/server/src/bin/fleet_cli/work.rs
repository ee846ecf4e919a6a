//! What each command does.

use super::answer::Answers;
use super::config::Config;
use super::operator::{entry, operator};
use super::{
    Artifact, Command, Decision, Division, Gateway, Key, NewRollout, Place, Report, Rollout, Serve, Terminal,
    User, origin,
};
use fleet_api::TerminalId;
use fleet_api::keys::{KeyRing, Role};
use fleet_api::release::ReleaseManifest;
use fleet_server::console::role::Role as ConsoleRole;
use fleet_server::console::{self, accounts};
use fleet_server::keys::{KeyFolder, SigningKey};
use fleet_server::news::NewsItem;
use fleet_server::orders::enrolment::{End, check, code, gateway_token, plan, revoke, token};
use fleet_server::orders::noted::{note, noted};
use fleet_server::orders::{OrderError, divisions, releases, rollouts};
use fleet_server::period::Period;
use fleet_server::private_file;
use fleet_server::rollout::{State, Wave};
use fleet_server::selector::Selector;
use fleet_server::serve::open;
use fleet_server::state::{Actor, Server};
use fleet_server::stick;
use fleet_server::store::artifacts::NewRelease;
use fleet_server::store::coverage::{Division as Row, ServiceLevel};
use fleet_server::store::page::Page;
use fleet_server::store::rings;
use fleet_server::store::rollouts as rows;
use fleet_server::store::terminals::{Filter, NewTerminal};
use serde_json::json;
use std::error::Error;
use std::path::Path;
use time::UtcOffset;
use tokio::signal::unix::{SignalKind, signal};

type Done = Result<(), Box<dyn Error>>;

pub(super) async fn serve(place: &Place, serve: Serve, answers: &Answers) -> Done {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let origin = origin(serve.console_origin.as_deref(), serve.console);
    let setup = console_setup(place, origin.clone())?;
    let running = fleet_server::serve(serve.options(place, console::pages(setup.clone()))).await?;
    // Nobody can sign in to a new server: whoever starts it becomes its first administrator.
    let store = &running.server.store;
    let nobody = store.accounts().await?.is_empty();
    let first = if nobody && answers.are_read() {
        let now = running.server.clock.millis();
        let by = (&Actor("server".to_owned()), "the first start");
        accounts::add_by_command_line(&setup, store, FIRST, FIRST, ConsoleRole::Admin, by, now).await?
    } else {
        None
    };
    let urls = json!({
        "device_url": running.device_url, "console_url": origin, "metrics_url": running.metrics_url,
        "authority": place.data().join("keys/authority.pem"), "first_sign_up": first,
    });
    let mut words = format!("terminals: {}\nconsole: {origin}", running.device_url);
    if let Some(link) = &first {
        words.push_str("\nthe first administrator signs up, once, at: ");
        words.push_str(link);
    } else if nobody {
        words.push_str("\nnobody has an account yet: yilin-fleet user add NAME --role admin");
    }
    answers.say(&urls, &words);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    running.stop().await;
    Ok(())
}

/// The account of a new server's first administrator.
const FIRST: &str = "admin";

fn console_setup(place: &Place, origin: String) -> Result<console::Setup, Box<dyn Error>> {
    private_file::folder(place.data())?;
    let secret = console::tokens::Secret::read_or_make(&place.data().join("console.key"))?;
    Ok(console::Setup::new(origin, secret))
}

pub(super) async fn work(place: &Place, command: Command, config: &Config, answers: &Answers) -> Done {
    let (server, _) = open(&place.options()).await?;
    match command {
        Command::Division(command) => division(&server, command, answers).await?,
        Command::Terminal(command) => terminal(&server, command, answers).await?,
        Command::Gateway(Gateway::Token { why }) => {
            let entry = entry("gateway.token", "gateway".to_owned(), &why.why, "");
            let token = noted(&server, entry, gateway_token(&server)).await?;
            answers.say(&json!({ "token": token }), &token);
        }
        Command::Artifact(command) => artifact(&server, command, answers).await?,
        Command::Rollout(command) => rollout(&server, command, answers).await?,
        Command::Report(Report::Coverage { days, period, permille }) => {
            coverage(&server, days, period, permille, answers).await?;
        }
        Command::User(User::Add { name, role, shown, console_origin, why }) => {
            let role = ConsoleRole::of_word(&role).ok_or_else(|| format!("`{role}` is no role: --help"))?;
            let said = console_origin.as_deref().or(config.console_origin.as_deref());
            let setup = console_setup(place, origin(said, config.console))?;
            let shown = shown.unwrap_or_else(|| name.clone());
            let now = server.clock.millis();
            let by = (&operator(), why.why.as_str());
            let link = accounts::add_by_command_line(&setup, &server.store, &name, &shown, role, by, now);
            let link =
                link.await?.ok_or_else(|| format!("`{name}` is no name for an account, or is taken"))?;
            answers.say(&json!({ "user": name, "sign_up": link }), &link);
        }
        Command::Key(command) => key(place, &server, command, answers).await?,
        Command::Serve(_) | Command::Backup { .. } | Command::Restore { .. } => {
            return Err("not a command for an open store".into());
        }
    }
    server.store.close().await;
    Ok(())
}

async fn division(server: &Server, command: Division, answers: &Answers) -> Done {
    match command {
        Division::Add { file, why } => {
            let new: Vec<Row> = lines(&file)?.into_iter().map(|(_, row)| row).collect();
            let entry = entry("division.add", "divisions".to_owned(), &why.why, new.len().to_string());
            noted(server, entry, divisions::put(server, &new)).await?;
            for row in &new {
                answers.say(&json!({ "division": row.code }), &row.code);
            }
        }
        Division::List => {
            for level in divisions::LEVELS {
                for row in server.store.divisions(level).await? {
                    let words = format!("{}  {level}  {}", row.code, row.name_en);
                    answers.say(&serde_json::to_value(&row)?, &words);
                }
            }
        }
    }
    Ok(())
}

/// The values of a file, a JSON object a line, each with its line's number; empty lines count for nothing.
fn lines<T: serde::de::DeserializeOwned>(file: &Path) -> Result<Vec<(usize, T)>, Box<dyn Error>> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let values = lines.map(|(number, line)| {
        let value = serde_json::from_str(line)
            .map_err(|error| format!("{}:{}: {error}", file.display(), number + 1))?;
        Ok((number + 1, value))
    });
    values.collect()
}

async fn terminal(server: &Server, command: Terminal, answers: &Answers) -> Done {
    match command {
        Terminal::Add { file, why } => {
            let all = lines::<NewTerminal>(&file)?;
            for (line, new) in &all {
                check(new).map_err(|error| format!("{}:{line}: {error}", file.display()))?;
            }
            for (_, new) in all {
                let entry = entry("terminal.add", format!("terminal:{}", new.id), &why.why, "");
                noted(server, entry, plan(server, &new)).await?;
                answers.say(&json!({ "terminal": new.id }), &new.id);
            }
        }
        Terminal::List { after, rows } => {
            for listed in server.store.terminals(&Filter::default(), &Page { after, rows }).await? {
                let words = format!(
                    "{}  {}  {}  {}",
                    listed.terminal.id,
                    listed.terminal.state,
                    listed.terminal.name_en,
                    listed.image.as_deref().unwrap_or("-")
                );
                answers.say(&serde_json::to_value(&listed)?, &words);
            }
        }
        Terminal::Code { terminal, why } => {
            let entry = entry("terminal.code", format!("terminal:{terminal}"), &why.why, "");
            let (id, by) = (TerminalId(terminal.clone()), operator());
            let code = noted(server, entry, code(server, &id, &by)).await?;
            answers.say(&json!({ "terminal": terminal, "code": code }), &code);
        }
        Terminal::Token { terminal, why } => {
            let entry = entry("terminal.token", format!("terminal:{terminal}"), &why.why, "");
            let token = noted(server, entry, token(server, &TerminalId(terminal.clone()))).await?;
            answers.say(&json!({ "terminal": terminal, "token": token }), &token);
        }
        Terminal::Revoke { terminal, why, retire } => {
            let end = if retire { End::Retired } else { End::Revoked };
            let detail = if retire { "for good" } else { "" };
            let entry = entry("terminal.revoke", format!("terminal:{terminal}"), &why, detail);
            let (id, by) = (TerminalId(terminal.clone()), operator());
            noted(server, entry, revoke(server, &id, end, &by, &why)).await?;
            answers.say(&json!({ "terminal": terminal, "revoked": true }), &format!("{terminal}: revoked"));
        }
    }
    Ok(())
}

async fn ring(server: &Server) -> Result<KeyRing, Box<dyn Error>> {
    let signed = server.store.ring().await?.ok_or("there is no key ring")?;
    Ok(signed.open_with(&server.keys.root_public)?)
}

async fn artifact(server: &Server, command: Artifact, answers: &Answers) -> Done {
    match command {
        Artifact::Add { file, version, compatible, name, release_key, may_replace_down_to, why } => {
            let filename =
                file.file_name().and_then(|name| name.to_str()).ok_or("the file has no plain name")?;
            let mut new = NewRelease {
                name,
                version,
                compatible,
                part: "os".to_owned(),
                filename: filename.to_owned(),
                manifest: None,
            };
            if let Some(key) = release_key {
                let taken = server.artifacts.take(tokio::fs::File::open(&file).await?).await?;
                let manifest = ReleaseManifest {
                    version: new.version.parse()?,
                    compatible: new.compatible.clone(),
                    filename: new.filename.clone(),
                    size: taken.size,
                    sha256: taken.sha256,
                    not_before: server.clock.now(),
                    may_replace_down_to: may_replace_down_to.map(|version| version.parse()).transpose()?,
                };
                new.manifest = Some(SigningKey::read(&key)?.sign(&manifest)?);
            }
            let (ring, by, now) = (ring(server).await?, operator(), server.clock.millis());
            let subject = format!("release:{} {}", new.name, new.version);
            let entry = entry("release.add", subject, &why.why, new.filename.clone());
            let work = releases::add(&server.store, &server.artifacts, &ring, &file, &new, &by, now);
            let id = noted(server, entry, work).await?;
            answers.say(&json!({ "release": id }), &format!("release {id}"));
        }
        Artifact::List => {
            for release in server.store.releases(1000).await? {
                let value = json!({
                    "release": release.id, "name": release.name, "version": release.version,
                    "compatible": release.compatible, "size_bytes": release.file.size,
                    "sha256": release.file.sha256, "signed": release.manifest.is_some(),
                });
                answers.say(&value, &format!("{}  {} {}", release.id, release.name, release.version));
            }
        }
        Artifact::Stick { release, folder, why } => {
            let release = server.store.release(release).await?.ok_or("there is no such release")?;
            let subject = format!("release:{} {}", release.name, release.version);
            note(server, &entry("release.stick", subject, &why.why, "")).await?;
            stick::write(&server.artifacts, &release, &folder).await?;
            let folder = folder.display().to_string();
            answers.say(&json!({ "release": release.id, "stick": folder }), &folder);
        }
    }
    Ok(())
}

async fn rollout(server: &Server, command: Rollout, answers: &Answers) -> Done {
    let by = operator();
    let (id, state) = match command {
        Rollout::Add(new) => {
            let why = new.why.clone();
            let entry = entry("rollout.add", format!("release:{}", new.release), &why, new.name.clone());
            let id = noted(server, entry, rollouts::make(server, &of(new), &by, &why)).await?;
            (id, State::Draft)
        }
        Rollout::Start(d) => {
            (d.id, decided(server, "rollout.start", &d, rollouts::start(server, d.id, &by, &d.why)).await?)
        }
        Rollout::Pause(d) => {
            (d.id, decided(server, "rollout.pause", &d, rollouts::pause(server, d.id, &by, &d.why)).await?)
        }
        Rollout::Resume(d) => {
            (d.id, decided(server, "rollout.resume", &d, rollouts::resume(server, d.id, &by, &d.why)).await?)
        }
        Rollout::Abort(d) => {
            (d.id, decided(server, "rollout.abort", &d, rollouts::abort(server, d.id, &by, &d.why)).await?)
        }
        Rollout::Rollback(d) => (
            d.id,
            decided(server, "rollout.rollback", &d, rollouts::rollback(server, d.id, &by, &d.why)).await?,
        ),
        Rollout::List => {
            for rollout in server.store.rollouts(1000).await? {
                let waves = server.store.counts(rollout.id).await?;
                let value = json!({ "rollout": rollout, "waves": waves });
                answers.say(&value, &format!("{}  {}  {}", rollout.id, rollout.state.word(), rollout.name));
            }
            return Ok(());
        }
    };
    answers.say(&json!({ "rollout": id, "state": state }), &format!("rollout {id}: {}", state.word()));
    Ok(())
}

async fn decided(
    server: &Server,
    what: &str,
    decision: &Decision,
    work: impl Future<Output = Result<State, OrderError>>,
) -> Result<State, OrderError> {
    noted(server, entry(what, format!("rollout:{}", decision.id), &decision.why, ""), work).await
}

fn of(new: NewRollout) -> rows::NewRollout {
    let wave = |percentage| Wave { percentage, success_permille: 900, pause_seconds: new.pause_seconds };
    rows::NewRollout {
        waves: new.waves.iter().copied().map(wave).collect(),
        name: new.name,
        release: new.release,
        selector: Selector { districts: new.district, models: new.model, terminals: Vec::new() },
        seed: new.seed,
        error_permille: new.error_permille,
        forced: true,
    }
}

async fn coverage(
    server: &Server,
    days: i64,
    period: Option<Period>,
    permille: i64,
    answers: &Answers,
) -> Done {
    let now = server.clock.millis();
    let this_hour = now.div_euclid(3_600_000) * 3600;
    let (from_hour, to_hour) = match period {
        Some(period) => {
            period.seconds(UtcOffset::from_whole_seconds(server.policy.offset_seconds.try_into()?)?)
        }
        None => (this_hour - days * 86_400, this_hour),
    };
    let level = ServiceLevel {
        from_hour,
        to_hour,
        permille,
        now,
        offset_seconds: server.policy.offset_seconds,
        away: server.away,
    };
    for covered in server.store.coverage(&level).await? {
        let words = format!(
            "{}  {}  {} / {} / {}",
            covered.community.code,
            covered.community.name_en,
            covered.installed,
            covered.in_service,
            covered.met
        );
        answers.say(&serde_json::to_value(&covered)?, &words);
    }
    Ok(())
}

async fn key(place: &Place, server: &Server, command: Key, answers: &Answers) -> Done {
    let old = ring(server).await?;
    match command {
        Key::List => {
            for key in &old.keys {
                answers.say(
                    &json!({ "ring": old.number, "id": key.id, "role": key.role }),
                    &format!("{}  {}", key.id, key.role),
                );
            }
        }
        Key::Rotate { role, root_key, why } => {
            let role = Role::of_word(&role).filter(|role| *role != Role::Root);
            let role = role.ok_or("the role is `commands`, `configuration` or `release`")?;
            note(server, &entry("key.rotate", format!("key:{}", role.word()), &why.why, "")).await?;
            let now = server.clock.now();
            let signed = KeyFolder::of(place.data()).rotate(role, &old, &root_key, now)?;
            let number = signed.open_with(&server.keys.root_public)?.number;
            let mut tx = server.store.write().await?;
            rings::add(&mut tx, number, &signed, &operator().0, server.clock.millis()).await?;
            server.note(&mut tx, &NewsItem::Keys).await?;
            tx.commit().await?;
            answers.say(
                &json!({ "ring": number, "role": role }),
                &format!("ring {number}: the servers sign with the new key from now on"),
            );
        }
    }
    Ok(())
}
