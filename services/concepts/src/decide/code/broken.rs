//! Sees slips of control flow in the one line that Python cannot read: `if x = 5:`, `else if`, a colon that is not there.
//!
//! Not here: what is wrong with a program in general, and its repair (crate `agent-core`, room `debug`).

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::Mode;
use ruff_python_parser::lexer::lex;

use super::sighting::{Construct, Sighting, Slot};

/// Longer lines are not looked at.
const LINE_MAX_BYTES: usize = 500;

/// What the line, counted from 1, gives away.
pub(super) fn slip(source: &str, line: u32) -> Option<(Construct, Sighting)> {
    let text = source.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?.trim();
    if text.len() > LINE_MAX_BYTES {
        return None;
    }
    let tokens = tokens(text);
    let (construct, mended) =
        head(text, &tokens).or_else(|| in_brackets(&tokens).map(|construct| (construct, None)))?;
    let mended = mended.map_or(Slot::Words(""), Slot::Code);
    Some((construct, Sighting { line, text: text.to_owned(), slots: vec![("mended", mended)] }))
}

/// The tokens of a line, each with how many brackets are open around it.
fn tokens(text: &str) -> Vec<(TokenKind, usize)> {
    let mut lexer = lex(text, Mode::Module);
    let mut open = 0_usize;
    let mut tokens = Vec::new();
    loop {
        let kind = lexer.next_token();
        match kind {
            TokenKind::EndOfFile => return tokens,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => open = open.saturating_sub(1),
            TokenKind::Comment | TokenKind::Newline | TokenKind::NonLogicalNewline => continue,
            TokenKind::Indent | TokenKind::Dedent => continue,
            _ => {}
        }
        tokens.push((kind, open));
        if matches!(kind, TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace) {
            open += 1;
        }
    }
}

/// Slips in the first line of a block, and the line mended.
fn head(text: &str, tokens: &[(TokenKind, usize)]) -> Option<(Construct, Option<String>)> {
    use TokenKind::{Colon, Elif, Else, Equal, For, If, While};
    let kinds: Vec<TokenKind> = tokens.iter().map(|(kind, _)| *kind).collect();
    let outside = |kind: TokenKind| tokens.contains(&(kind, 0));
    match kinds.as_slice() {
        [If | Elif | While, ..] if outside(Equal) => Some((Construct::AssignInTest, Some(doubled(text)))),
        [Else, If, ..] => {
            Some((Construct::ElseIf, text.split_once("if").map(|(_, test)| format!("elif{test}"))))
        }
        [Else, next, ..] if *next != Colon => Some((Construct::ElseWithTest, None)),
        [If | Elif | While | For | Else, ..] if !outside(Colon) && kinds.last() != Some(&Colon) => {
            let code = text.split('#').next().unwrap_or(text).trim_end();
            Some((Construct::MissingColon, Some(format!("{code}:"))))
        }
        _ => None,
    }
}

/// The first single `=` made double.
fn doubled(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_single = |place: usize| {
        let before = place.checked_sub(1).and_then(|before| bytes.get(before));
        bytes.get(place) == Some(&b'=')
            && bytes.get(place + 1) != Some(&b'=')
            && !matches!(before, Some(b'=' | b'<' | b'>' | b'!' | b':'))
    };
    match (0..bytes.len()).find(|place| is_single(*place)) {
        Some(place) => format!("{}={}", &text[..place], &text[place..]),
        None => text.to_owned(),
    }
}

/// `[… for … if … else …]` and `[… if … for …]`.
fn in_brackets(tokens: &[(TokenKind, usize)]) -> Option<Construct> {
    let (place, (_, depth)) =
        tokens.iter().enumerate().find(|(_, (kind, open))| *kind == TokenKind::For && *open > 0)?;
    // The words on the same level, up to the bracket that holds them.
    let level = |tokens: &[(TokenKind, usize)]| -> Vec<TokenKind> {
        tokens
            .iter()
            .take_while(|(_, open)| open >= depth)
            .filter(|(_, open)| open == depth)
            .map(|(kind, _)| *kind)
            .collect()
    };
    let behind = level(&tokens[place..]);
    let mut before: Vec<(TokenKind, usize)> = tokens[..place].to_vec();
    before.reverse();
    let before = level(&before);
    let has = |kinds: &[TokenKind], kind: TokenKind| kinds.contains(&kind);
    if has(&behind, TokenKind::If) && has(&behind, TokenKind::Else) {
        return Some(Construct::ElseAfterFilter);
    }
    (has(&before, TokenKind::If) && !has(&before, TokenKind::Else)).then_some(Construct::FilterInFront)
}
