//! Whether a printer has printed all pieces of a job, where it answers each with a number.
//!
//! Duty: tell a printer that lost a piece (one that restarts forgets what it had, and goes on with what comes) from one that
//! printed all: what ends the job is answered by both. Never: IO.

/// The numbers that a job asks for, one behind each piece, the job's own behind the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    id: [u8; 4],
    asked: usize,
    heard: usize,
}

impl Marks {
    pub(super) const fn new(id: [u8; 4]) -> Self {
        Self { id, asked: 0, heard: 0 }
    }

    /// The number behind the next piece; never a job's, which have no small letters.
    pub(super) fn next(&mut self) -> [u8; 4] {
        self.asked += 1;
        self.number(self.asked)
    }

    /// The printer says a number: whether it ends the job and everything before it was printed. They come in order, and one that
    /// did not come is not made up for by a later one.
    pub(super) fn prove(&mut self, said: [u8; 4]) -> Said {
        if said == self.id {
            return if self.heard == self.asked { Said::Whole } else { Said::PiecesMissing };
        }
        if self.heard < self.asked && said == self.number(self.heard + 1) {
            self.heard += 1;
        }
        Said::NotTheEnd
    }

    fn number(&self, piece: usize) -> [u8; 4] {
        let [_, rest @ ..] = self.id;
        let letter = b"abcdefghijklmnopqrstuvwxyz"[piece % 26];
        [letter, rest[0], rest[1], rest[2]]
    }
}

/// What a number says of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// It is of a piece, or of nothing here.
    NotTheEnd,
    /// The end is printed, and all before it.
    Whole,
    /// The end is printed, and of something before it nothing was heard.
    PiecesMissing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_whole_when_all_its_numbers_came_in_order() {
        let check = |said: &[&[u8; 4]], end: Said| {
            let mut marks = Marks::new(*b"A017");
            assert_eq!([marks.next(), marks.next(), marks.next()], [*b"b017", *b"c017", *b"d017"]);
            let last = said.iter().fold(Said::NotTheEnd, |_, number| marks.prove(**number));
            assert_eq!(last, end, "{said:?}");
        };
        check(&[b"b017", b"c017", b"d017", b"A017"], Said::Whole);
        check(&[b"b017", b"b017", b"c017", b"ZZZZ", b"d017", b"A017"], Said::Whole);
        check(&[b"b017", b"d017", b"A017"], Said::PiecesMissing);
        check(&[b"c017", b"b017", b"d017", b"A017"], Said::PiecesMissing);
        check(&[b"A017"], Said::PiecesMissing);
        check(&[b"b017", b"c017", b"d017"], Said::NotTheEnd);
        assert_eq!(Marks::new(*b"A017").prove(*b"A017"), Said::Whole);
        // A piece of many.
        let mut marks = Marks::new(*b"A017");
        for _ in 0..100 {
            let number = marks.next();
            assert_eq!(marks.prove(number), Said::NotTheEnd);
        }
        assert_eq!(marks.prove(*b"A017"), Said::Whole);
    }
}
