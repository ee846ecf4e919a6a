//! Calls for help and debug shells, at whichever instance they hang.
//!
//! Duty: do here what is in memory here, and let the instance do it that has it. Never: have one call at two instances.

use crate::assist::{AssistError, Call, Pointed};
use crate::beside::{Ask, Said};
use crate::news::NewsItem;
use crate::shells::Turned;
use crate::state::Server;
use fleet_api::assist::{AssistReply, AssistTurn, WorkerAction};
use fleet_api::shell::ShellTurn;
use std::time::Duration;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Instant, timeout_at};

/// How long the first turn of a call waits for the event that begins it.
const BEGIN: Duration = Duration::from_secs(5);

/// The end of a worker's doing. None: the call is not here.
fn done(done: Result<(), AssistError>) -> Option<Said> {
    match done {
        Ok(()) => Some(Said::Done),
        Err(AssistError::Over) => None,
        Err(why) => Some(Said::Not { why }),
    }
}

async fn changes(news: &mut Receiver<NewsItem>, call: &str) {
    loop {
        match news.recv().await {
            Ok(NewsItem::Call(changed)) if changed != call => {}
            // Who does not keep up may have missed it.
            Ok(NewsItem::Call(_)) | Err(RecvError::Lagged(_)) => return,
            Ok(_) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Server {
    /// What this instance does itself. None: what is asked for is not in its memory.
    pub(crate) async fn at_hand(&self, ask: &Ask) -> Option<Said> {
        let (said, changed) = match ask {
            Ask::Calls => {
                let bare = |call| Call { mirror: None, pointed: Pointed::default(), ..call };
                return Some(Said::Calls { calls: self.assist.calls().into_iter().map(bare).collect() });
            }
            Ask::Call { call } => return self.assist.call(call).map(|call| Said::Call { call }),
            Ask::Take { call, worker } => (done(self.assist.take(call, worker)), call),
            Ask::HangUp { call, worker } => (done(self.assist.hang_up(call, worker)), call),
            Ask::End { terminal, call } => (self.assist.end(terminal, call).then_some(Said::Done), call),
            Ask::Act { call, worker, action } => {
                return done(self.assist.act(call, worker, action.clone()));
            }
            Ask::Turn { terminal, call, turn } => {
                if (turn.page.is_some() || turn.ended) && self.assist.is_of(terminal, call) {
                    self.tell_of_call(call);
                }
                let reply = self.assist.turn(terminal, call, turn.clone()).await;
                return reply.map(|reply| Said::Turn { reply });
            }
            Ask::Changed { call } => {
                // Nobody may be looking.
                let _ = self.news.send(NewsItem::Call(call.clone()));
                return Some(Said::Done);
            }
            Ask::TypeIn { command, text } => {
                return self.shells.type_in(command, text.as_bytes()).then_some(Said::Done);
            }
            Ask::EndShell { command } => return self.shells.end(command).then_some(Said::Done),
            Ask::ShellTurn { command, turn } => {
                if !self.shells.is_open(command) {
                    return None;
                }
                return self.shells.turn(command, turn).await.map(|turned| Said::ShellTurn { turned });
            }
        };
        if said.is_some() {
            self.tell_of_call(changed);
        }
        said
    }

    /// What the instance does that has it. None: no instance has.
    async fn wherever(&self, ask: &Ask) -> Option<Said> {
        if let Some(said) = self.at_hand(ask).await {
            return Some(said);
        }
        for url in self.beside.urls() {
            if let Some(said) = self.beside.ask(&url, ask).await {
                return Some(said);
            }
        }
        None
    }

    /// Tells who looks at it, at every instance.
    fn tell_of_call(&self, call: &str) {
        // Nobody may be looking.
        let _ = self.news.send(NewsItem::Call(call.to_owned()));
        for url in self.beside.urls() {
            let (server, ask) = (self.clone(), Ask::Changed { call: call.to_owned() });
            tokio::spawn(async move { server.beside.ask(&url, &ask).await });
        }
    }

    /// A terminal asks for the desk: here.
    pub(crate) fn begin_call(&self, call: Call) {
        let id = call.id.clone();
        self.assist.begin(call);
        self.tell_of_call(&id);
    }

    /// A terminal's call is over.
    pub(crate) async fn end_call(&self, terminal: &str, call: &str) {
        self.wherever(&Ask::End { terminal: terminal.to_owned(), call: call.to_owned() }).await;
    }

    /// The open calls of every instance, without their pages.
    pub async fn calls(&self) -> Vec<Call> {
        let mut all = Vec::new();
        let mut take = |said| {
            if let Some(Said::Calls { calls }) = said {
                all.extend(calls);
            }
        };
        take(self.at_hand(&Ask::Calls).await);
        for url in self.beside.urls() {
            take(self.beside.ask(&url, &Ask::Calls).await);
        }
        all
    }

    /// One call, with its page.
    pub async fn call(&self, call: &str) -> Option<Call> {
        match self.wherever(&Ask::Call { call: call.to_owned() }).await {
            Some(Said::Call { call }) => Some(call),
            _ => None,
        }
    }

    async fn work(&self, ask: Ask) -> Result<(), AssistError> {
        match self.wherever(&ask).await {
            Some(Said::Done) => Ok(()),
            Some(Said::Not { why }) => Err(why),
            _ => Err(AssistError::Over),
        }
    }

    /// A worker takes a call.
    ///
    /// # Errors
    /// It is over, or somebody has it.
    pub async fn take_call(&self, call: &str, worker: &str) -> Result<(), AssistError> {
        self.work(Ask::Take { call: call.to_owned(), worker: worker.to_owned() }).await
    }

    /// The worker who has a call points or writes.
    ///
    /// # Errors
    /// It is over, another's, or too much.
    pub async fn act_in_call(
        &self,
        call: &str,
        worker: &str,
        action: WorkerAction,
    ) -> Result<(), AssistError> {
        self.work(Ask::Act { call: call.to_owned(), worker: worker.to_owned(), action }).await
    }

    /// The worker who has a call ends it.
    ///
    /// # Errors
    /// It is over, or another's.
    pub async fn hang_up_call(&self, call: &str, worker: &str) -> Result<(), AssistError> {
        self.work(Ask::HangUp { call: call.to_owned(), worker: worker.to_owned() }).await
    }

    /// A terminal's turn of a call. None: there is no such call of its own.
    pub(crate) async fn call_turn(
        &self,
        terminal: &str,
        call: &str,
        turn: AssistTurn,
    ) -> Option<AssistReply> {
        let mut news = self.news.subscribe();
        // The first turn may overtake the event that begins the call.
        let waits = turn.number == 0 && !turn.ended;
        let until = Instant::now() + BEGIN;
        let ask = Ask::Turn { terminal: terminal.to_owned(), call: call.to_owned(), turn };
        loop {
            if let Some(Said::Turn { reply }) = self.wherever(&ask).await {
                return Some(reply);
            }
            if !waits || timeout_at(until, changes(&mut news, call)).await.is_err() {
                return None;
            }
        }
    }

    /// A technician types into a shell. False: it is not open, or does not keep up.
    pub async fn type_into_shell(&self, command: &str, text: &str) -> bool {
        let ask = Ask::TypeIn { command: command.to_owned(), text: text.to_owned() };
        self.wherever(&ask).await.is_some()
    }

    /// Whether a terminal has begun a shell that is not over: nothing typed into it is lost.
    pub async fn is_shell_open(&self, command: &str) -> bool {
        self.type_into_shell(command, "").await
    }

    /// The desk ends a shell.
    pub(crate) async fn end_shell(&self, command: &str) {
        self.wherever(&Ask::EndShell { command: command.to_owned() }).await;
    }

    /// A terminal's turn of a shell, which its first turn opens here. None: the output is no base64, or too long.
    pub(crate) async fn shell_turn(&self, command: &str, turn: ShellTurn) -> Option<Turned> {
        let ask = Ask::ShellTurn { command: command.to_owned(), turn: turn.clone() };
        match self.wherever(&ask).await {
            Some(Said::ShellTurn { turned }) => Some(turned),
            _ => self.shells.turn(command, &turn).await,
        }
    }
}
