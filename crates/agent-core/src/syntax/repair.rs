//! Finds the errors of a text one after the other, mending each before it looks for the next.
//!
//! CPython stops at the first error. Here the best fix of each error is put into a working copy, and the next look
//! is at that copy; so each error listed is one that Python would come upon once the earlier ones are mended. Every
//! fix is tried by a look at the patched text. What an error means belongs in `diagnose`.

use super::code::ErrorCode;
use super::cpython::{Passed, Verdict, tokenize};
use super::diagnose::{Change, Diagnosis, Proposal, Scene, diagnose, set_aside, small_edits};
use super::parse::{Look, look_again};
use super::patch::Patch;
use super::report::{Edit, Fix, SyntaxError};
use super::source::Source;

/// Errors listed.
const MAX_ERRORS: usize = 20;
/// Fixes listed for one error.
const MAX_FIXES: usize = 4;
/// Bytes that one fix writes.
const MAX_WRITTEN_BYTES: usize = 4096;
/// Characters of CPython's message; it may name a variable as long as the program.
const MAX_MESSAGE_CHARS: usize = 1000;
/// Looks at patched texts, in bytes of text read, for one analysis.
const MAX_BYTES_READ: usize = 1024 * 1024;
/// In text larger than this only the first error is mended, and few fixes are tried.
const MAX_MENDED_BYTES: usize = 192 * 1024;
/// Fixes tried there.
const MAX_TRIED_IN_LARGE: usize = 2;

/// The errors of a text, and whether there is more to say.
pub(super) struct Findings {
    pub(super) errors: Vec<SyntaxError>,
    pub(super) truncated: bool,
}

/// An error with the changes that were tried for it, in places of the submitted text.
struct Found {
    diagnosis: Diagnosis,
    verdict: Verdict,
    place: (usize, usize),
    fixes: Vec<Tried>,
}

struct Tried {
    title: String,
    changes: Vec<Change>,
    /// With this change alone, nothing was left to mend in the working copy.
    clean: bool,
}

/// A proposal that gets further.
struct Good {
    outcome: Outcome,
    proposal: Proposal,
    /// What comes next.
    next: Option<Verdict>,
    /// How far the text parses with the proposal made.
    passed: Vec<Passed>,
}

/// How far a proposal gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// The text is no better.
    Same,
    /// The next error is further on.
    Further(usize),
    /// Nothing is left to mend.
    Clean,
}

/// Finds and mends, beginning with what the first look said and how far it came.
pub(super) fn repair(source: &Source<'_>, first: Verdict, passed: Vec<Passed>) -> Findings {
    let patch = Patch::new(source.text());
    let mut session = Session { original: source, patch, passed, found: Vec::new(), read: 0, looks: 0 };
    let mut next = Some(first);
    let mut truncated = false;
    while let Some(verdict) = next {
        let full = session.found.len() >= MAX_ERRORS;
        if full || (!session.found.is_empty() && session.spent()) {
            truncated = true;
            break;
        }
        next = session.mend(verdict);
        truncated |= next.is_some() && session.stuck();
        if session.stuck() {
            break;
        }
    }
    let solved = !truncated;
    Findings { errors: session.report(solved), truncated }
}

struct Session<'a> {
    original: &'a Source<'a>,
    patch: Patch,
    /// How far the working copy parses.
    passed: Vec<Passed>,
    found: Vec<Found>,
    /// Bytes read by looks at patched texts.
    read: usize,
    /// Looks at patched texts.
    looks: usize,
}

impl Session<'_> {
    fn spent(&self) -> bool {
        self.read > MAX_BYTES_READ || self.original.text().len() > MAX_MENDED_BYTES
    }

    /// The last error has no fix that gets further.
    fn stuck(&self) -> bool {
        self.found.last().is_some_and(|found| found.fixes.is_empty())
    }

    /// Describes one error, puts its best fix into the working copy, and says what comes next.
    fn mend(&mut self, verdict: Verdict) -> Option<Verdict> {
        let working = self.patch.text().to_owned();
        let source = Source::new(&working);
        let tokens = tokenize(&source, 0);
        let scene = Scene::new(&source, &tokens, &verdict);
        let mut diagnosis = diagnose(&scene);
        let proposals = self.usable(std::mem::take(&mut diagnosis.proposals));
        let mut tried = self.try_all(&working, &verdict, proposals, false);
        if tried.is_empty() && diagnosis.code != ErrorCode::TooDeep {
            let small = self.usable(small_edits(&scene));
            tried = self.try_all(&working, &verdict, small, true);
        }
        if tried.is_empty() && diagnosis.code != ErrorCode::TooDeep {
            let aside = self.usable(set_aside(&scene));
            tried = self.try_all(&working, &verdict, aside, true);
        }
        let start = self.patch.origin(verdict.start);
        let end = self.patch.origin(verdict.end).max(start);
        let fixes: Vec<Tried> = tried
            .iter()
            .filter_map(|good| {
                let changes = self.patch.in_original(&good.proposal.changes)?;
                Some(Tried { title: good.proposal.title.clone(), changes, clean: good.next.is_none() })
            })
            .collect();
        let next = match tried.into_iter().next() {
            Some(best) => {
                self.patch.apply(&best.proposal.changes);
                self.passed = best.passed;
                best.next
            }
            None => Some(verdict.clone()),
        };
        self.found.push(Found { diagnosis, verdict, place: (start, end), fixes });
        next
    }

    /// The proposals that touch no earlier fix, so that all first fixes can be made together; each once, and none
    /// that writes very much.
    fn usable(&self, mut proposals: Vec<Proposal>) -> Vec<Proposal> {
        let mut seen: Vec<Vec<Change>> = Vec::new();
        proposals.retain(|proposal| {
            let fresh = !seen.contains(&proposal.changes);
            seen.push(proposal.changes.clone());
            let written: usize = proposal.changes.iter().map(|change| change.text.len()).sum();
            fresh && written <= MAX_WRITTEN_BYTES && self.patch.in_original(&proposal.changes).is_some()
        });
        proposals
    }

    /// The proposals that get further, best first. `ranked` puts those that get furthest
    /// first; else the given order stands, as it is the order of likely intent.
    fn try_all(
        &mut self,
        working: &str,
        verdict: &Verdict,
        proposals: Vec<Proposal>,
        ranked: bool,
    ) -> Vec<Good> {
        let mut good: Vec<Good> = Vec::new();
        for proposal in proposals {
            let enough = if ranked { 60 } else { MAX_FIXES };
            let large = working.len() > MAX_MENDED_BYTES;
            let tired = self.read > 2 * MAX_BYTES_READ
                || (large && (self.looks >= MAX_TRIED_IN_LARGE || !good.is_empty()));
            if good.len() >= enough || tired || (self.spent() && !good.is_empty()) {
                break;
            }
            let Some(patched) = patched(working, &proposal.changes) else { continue };
            self.read += patched.len().max(256);
            self.looks += 1;
            let source = Source::new(&patched);
            let Look { verdict: next, passed, .. } = look_again(&source, working, &self.passed);
            let outcome = progress(working, verdict, &proposal.changes, next.as_ref(), &patched);
            let tried = Good { outcome, proposal, next, passed };
            if outcome == Outcome::Clean && ranked {
                good.insert(0, tried);
                break;
            }
            if outcome != Outcome::Same {
                good.push(tried);
            }
        }
        if ranked {
            good.sort_by_key(|good| std::cmp::Reverse(good.outcome));
        } else {
            prefer_clean(&mut good);
        }
        good.truncate(MAX_FIXES);
        good
    }

    /// Fixes with their verification, and errors in the order in which they were come upon.
    fn report(mut self, solved: bool) -> Vec<SyntaxError> {
        let firsts: Vec<Vec<Change>> = self
            .found
            .iter()
            .map(|found| found.fixes.first().map(|fix| fix.changes.clone()).unwrap_or_default())
            .collect();
        let found = std::mem::take(&mut self.found);
        let last = found.len().saturating_sub(1);
        let mut errors = Vec::new();
        for (index, found) in found.into_iter().enumerate() {
            let mut fixes = Vec::new();
            for (rank, fix) in found.fixes.into_iter().enumerate() {
                // The last look of all was at the text with every first fix in it, and found nothing.
                let verified = if rank == 0 {
                    solved
                } else if index == last {
                    // It was tried in the text with the first fix of every other error in it.
                    solved && fix.clean
                } else {
                    let mut all = firsts.clone();
                    all[index].clone_from(&fix.changes);
                    solved && !self.spent() && self.verify(&all)
                };
                fixes.push(self.fix(fix, verified));
            }
            name_apart(&mut fixes);
            errors.push(self.error(found.diagnosis, &found.verdict, found.place, fixes, index == 0));
        }
        errors
    }

    /// Whether the submitted text with these changes is valid.
    fn verify(&mut self, changes: &[Vec<Change>]) -> bool {
        let mut all: Vec<Change> = changes.concat();
        all.sort_by_key(|change| (change.start, change.end));
        // Two fixes at one place cannot both be made.
        if all.windows(2).any(|pair| (pair[0].start, pair[0].end) == (pair[1].start, pair[1].end)) {
            return false;
        }
        let Some(text) = patched(self.original.text(), &all) else { return false };
        self.read += text.len();
        look_again(&Source::new(&text), self.patch.text(), &self.passed).verdict.is_none()
    }

    fn fix(&self, fix: Tried, verified: bool) -> Fix {
        let edits = fix
            .changes
            .into_iter()
            .map(|change| Edit {
                start: self.original.position(change.start),
                end: self.original.position(change.end),
                text: change.text,
            })
            .collect();
        Fix { title: fix.title, verified, edits }
    }

    fn error(
        &self,
        diagnosis: Diagnosis,
        verdict: &Verdict,
        place: (usize, usize),
        fixes: Vec<Fix>,
        is_first: bool,
    ) -> SyntaxError {
        let start = if is_first { verdict.place } else { self.original.position(place.0) };
        let end = self.original.position(place.1);
        let end = if end < start { start } else { end };
        SyntaxError {
            code: diagnosis.code,
            message: diagnosis.message,
            cpython_message: bounded(&verdict.message),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            explanation: diagnosis.explanation,
            hedged: diagnosis.hedged,
            concept: diagnosis.concept,
            fixes,
        }
    }
}

/// CPython's words, cut where they hold a name that long.
fn bounded(message: &str) -> String {
    let cut = message.char_indices().nth(MAX_MESSAGE_CHARS).map(|_| MAX_MESSAGE_CHARS - 1);
    let kept = cut.and_then(|cut| message.char_indices().nth(cut));
    kept.map_or_else(|| message.to_owned(), |(at, _)| format!("{}…", &message[..at]))
}

/// Adds the place to titles that several fixes of one error share.
fn name_apart(fixes: &mut [Fix]) {
    let titles: Vec<String> = fixes.iter().map(|fix| fix.title.clone()).collect();
    for (at, fix) in fixes.iter_mut().enumerate() {
        let twins =
            || titles.iter().enumerate().filter(|(other, title)| *other != at && **title == fix.title);
        if twins().next().is_none() {
            continue;
        }
        if let Some(edit) = fix.edits.first() {
            let lines = fix.edits.len();
            let scope = if lines > 1 { format!(", {lines} places") } else { String::new() };
            fix.title.push_str(&format!(" (line {}, column {}{scope})", edit.start.line, edit.start.column));
        }
    }
}

/// A proposal that mends everything beats one after which the next error is on the same or the next line.
fn prefer_clean(good: &mut [Good]) {
    let near = good.first().is_some_and(|good| matches!(good.outcome, Outcome::Further(lines) if lines <= 1));
    let clean = good.iter().position(|good| good.outcome == Outcome::Clean);
    if let (true, Some(clean)) = (near, clean) {
        good[..=clean].rotate_right(1);
    }
}

/// The text with changes made; nothing where they overlap or do not fit.
pub(super) fn patched(text: &str, changes: &[Change]) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut at = 0;
    for change in changes {
        out.push_str(text.get(at..change.start)?);
        text.get(change.start..change.end)?;
        out.push_str(&change.text);
        at = change.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// Compares the next error with this one, by lines counted from the end of the text, which changes do not move.
fn progress(
    working: &str,
    verdict: &Verdict,
    changes: &[Change],
    next: Option<&Verdict>,
    patched: &str,
) -> Outcome {
    let Some(next) = next else { return Outcome::Clean };
    if patched == working {
        return Outcome::Same;
    }
    let never_closed = |verdict: &Verdict| verdict.message.ends_with("was never closed");
    if never_closed(verdict) && never_closed(next) && next.start < verdict.start {
        // CPython names the innermost open bracket: one fewer is open.
        return Outcome::Further(0);
    }
    let touched = changes.iter().map(|change| change.end).max().unwrap_or(0).max(verdict.start);
    let left_before = working.len().saturating_sub(touched);
    let left_after = patched.len().saturating_sub(next.start);
    if left_after >= left_before || (never_closed(next) && next.start <= verdict.start) {
        return Outcome::Same;
    }
    let passed = &patched[patched.len() - left_before..next.start.max(patched.len() - left_before)];
    Outcome::Further(passed.matches('\n').count())
}

#[cfg(test)]
mod tests {
    use super::super::{Analysis, analyze};

    fn first_titles(code: &str) -> Vec<String> {
        let errors = analyze(code).errors;
        errors
            .first()
            .map(|error| error.fixes.iter().map(|fix| fix.title.clone()).collect())
            .unwrap_or_default()
    }

    fn size_bytes(analysis: &Analysis) -> usize {
        let told = |error: &super::SyntaxError| {
            error.message.len() + error.explanation.len() + error.cpython_message.len()
        };
        let fixed =
            |fix: &super::Fix| fix.title.len() + fix.edits.iter().map(|edit| edit.text.len()).sum::<usize>();
        analysis.errors.iter().map(|error| told(error) + error.fixes.iter().map(fixed).sum::<usize>()).sum()
    }

    #[test]
    fn a_statement_that_goes_on_after_its_first_line_is_answered() {
        let errors = analyze("{1\n   : 2, 2 : 4} = 5\n").errors;
        assert_eq!(errors.first().map(|error| error.code), Some(super::ErrorCode::AssignmentInCondition));
    }

    #[test]
    fn an_answer_stays_small_however_long_the_names_are() {
        let name = "a".repeat(100_000);
        for code in [
            format!("1{name}\n"),
            format!("def f({name}, {name}):\n    pass\n"),
            format!("f({name}) = 3\n"),
            format!("return {name}\n"),
            format!("x = '{name}\n"),
            format!("{name} {name}\n"),
            format!("raise {name}, {name}\n"),
            format!("import {name} from {name}\n"),
        ] {
            let analysis = analyze(&code);
            assert!(!analysis.errors.is_empty(), "{}", &code[..20]);
            assert!(size_bytes(&analysis) < 20_000, "{}: {}", &code[..20], size_bytes(&analysis));
        }
    }

    #[test]
    fn alternatives_have_titles_of_their_own() {
        for code in
            ["x = [1, 2\ny = 3\n", "f(\"x, 2]\n", "x = a * * , b\n", "print 'a' 'b\n", "a = (1, [2, 3)\n"]
        {
            let titles = first_titles(code);
            let mut once = titles.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), titles.len(), "{titles:?}");
        }
    }

    #[test]
    fn a_real_repair_comes_before_setting_a_line_aside() {
        for (code, mended) in [
            ("print(\"hi\n", "\")"),
            ("if f('x:\n    pass\n", "')"),
            ("for x range(3):\n    pass\n", " in"),
            ("d = {'a' 1}\n", ":"),
            ("try:\n    f()\nexcept ValueError, e:\n    pass\n", " as "),
            ("raise ValueError, 'x'\n", "("),
        ] {
            let errors = analyze(code).errors;
            let fix = errors.first().and_then(|error| error.fixes.first());
            let written = fix.map(|fix| (fix.verified, fix.edits[0].text.as_str()));
            assert_eq!(written, Some((true, mended)), "{code}");
        }
    }
}
