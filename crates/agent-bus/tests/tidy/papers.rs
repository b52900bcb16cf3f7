//! Rules about what is written beside the code: door signs, the table of rooms, paths that exist.

use crate::{exists, files, read, rooms, root, verdict};

/// The papers that name paths of the tree.
fn papers() -> Vec<String> {
    let mut papers: Vec<_> = ["crates", "services", "docs", "bench", "contracts", "scripts"]
        .into_iter()
        .flat_map(files)
        .filter(|path| path.ends_with(".md"))
        .collect();
    papers.extend(["README.md", "CONTRIBUTING.md"].map(str::to_owned));
    papers
}

#[test]
fn door_signs_tell_the_same_things() {
    let mut found = Vec::new();
    for room in rooms() {
        let sign = read(&format!("services/{room}/README.md"));
        for row in ["consumes", "emits", "routes", "settings", "tables"] {
            if !sign.lines().any(|line| line.starts_with(&format!("| {row} | "))) {
                found.push(format!("services/{room}/README.md: no row `| {row} | ... |`"));
            }
        }
    }
    verdict(
        &found,
        "These door signs leave something out.",
        "what a room consumes, emits, serves, reads from its settings and keeps is what its neighbours need to know.",
        "add it, even if it is \"none\".",
    );
}

/// The first sentence under the title of a room's README.
fn sentence(room: &str) -> String {
    let sign = read(&format!("services/{room}/README.md"));
    let paragraph = sign.split("\n\n").map(str::trim).find(|text| !text.is_empty() && !text.starts_with('#'));
    let line = paragraph.unwrap_or_default().lines().collect::<Vec<_>>().join(" ");
    line.split_inclusive(". ").next().unwrap_or_default().trim().to_owned()
}

#[test]
fn the_table_of_rooms_is_what_the_door_signs_say() {
    let rows = rooms()
        .into_iter()
        .map(|room| format!("| [{room}](services/{room}/README.md) | {} |", sentence(&room)));
    let rows: Vec<_> = rows.collect();
    let wanted =
        format!("<!-- rooms -->\n| agent | what it does |\n|---|---|\n{}\n<!-- /rooms -->", rows.join("\n"));
    assert!(
        read("README.md").contains(&wanted),
        "\n\nThe table of rooms in README.md is not what the rooms' own READMEs say.\n\nWhy: two descriptions drift apart; \
         the room's is the true one.\nWhat to do: put this in its place:\n\n{wanted}\n"
    );
}

#[test]
fn paths_that_papers_name_exist() {
    let mut found = Vec::new();
    for paper in papers() {
        let folder = paper.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (number, line) in read(&paper).lines().enumerate() {
            let links = links(line).into_iter().filter(|link| !root().join(folder).join(link).exists());
            let paths = paths(line).into_iter().filter(|path| !exists(path));
            for wrong in links.chain(paths) {
                found.push(format!("{paper}:{}: {wrong}", number + 1));
            }
        }
    }
    verdict(
        &found,
        "These papers name files that are not there.",
        "a map with streets that are gone is worse than none.",
        "name what is there now. A path is looked up from the root of the workspace, a link from the paper's own folder.",
    );
}

/// The targets of relative links in a line of Markdown.
fn links(line: &str) -> Vec<String> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let relative = targets.filter(|target| !target.contains("://") && !target.starts_with(['#', '<']));
    relative
        .map(|target| target.split('#').next().unwrap_or(target).to_owned())
        .filter(|path| !path.is_empty())
        .collect()
}

/// The paths of ours in code spans: those that begin with one of the tree's own folders. Patterns and blanks to fill in
/// are left alone.
fn paths(line: &str) -> Vec<String> {
    const OURS: [&str; 8] =
        ["crates/", "services/", "contracts/", "docs/", "scripts/", "bench/", ".ci/", ".config/"];
    let spans = line.split('`').skip(1).step_by(2);
    let ours = spans.filter(|span| OURS.iter().any(|folder| span.starts_with(folder)));
    let exact = ours.filter(|span| !span.contains(['*', '<', '{', '…', ' ', 'Ⅹ']) && !span.contains("NAME"));
    exact.map(|span| span.split(':').next().unwrap_or(span).to_owned()).collect()
}
