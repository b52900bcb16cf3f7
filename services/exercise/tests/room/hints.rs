//! Hints follow the attempts, and hear when somebody is stuck.

use agent_core::signs::Sign;
use contracts::Event;
use serde_json::json;

use crate::answers::{right, wrong};
use crate::bench::{Bench, mia};

#[tokio::test]
async fn hints_follow_the_attempts() {
    let bench = Bench::new().await;
    let question = json!({"topic": "variables", "kind": "fix-bug", "difficulty": "easy", "seed": 1});
    let problem = bench.post("/generate", &mia(), question).await;
    let exercise = bench.exercise(&problem).await;
    let hint = async |level: u8| {
        let asked = json!({"problem_id": problem["problem_id"], "level": level});
        bench.post("/hints", &mia(), asked).await["text"].as_str().unwrap().to_owned()
    };
    for level in 1..=3_u8 {
        assert_eq!(hint(level).await, exercise.hints[usize::from(level) - 1]);
    }
    bench.verify(&mia(), &problem, wrong(&exercise)).await;
    let after = hint(1).await;
    assert!(after.starts_with("Your last answer does not get through"), "{after}");
    let same_again = format!("{}\n# again\n", exercise.starter);
    bench.verify(&mia(), &problem, json!(same_again)).await;
    assert!(hint(1).await.contains("same kind of mistake"), "{}", hint(1).await);
    bench.verify(&mia(), &problem, right(&exercise)).await;
    assert!(hint(1).await.contains("right already"));
}

#[tokio::test]
async fn a_message_that_says_stuck_is_told_and_not_kept() {
    let bench = Bench::new().await;
    let problem =
        bench.post("/generate", &mia(), json!({"topic": "variables", "kind": "write", "seed": 1})).await;
    for (message, told) in [
        ("what does this ask for?", 0),
        ("I'm stuck since purple o'clock", 1),
        ("I really don't understand this", 2),
    ] {
        let asked = json!({"problem_id": problem["problem_id"], "level": 1, "message": message});
        bench.post("/hints", &mia(), asked).await;
        let said: Vec<_> = bench
            .told()
            .await
            .into_iter()
            .filter_map(|event| match event {
                Event::LearnerSaid(said) => Some((said.sign, said.agent, said.header.component.to_string())),
                _ => None,
            })
            .collect();
        assert_eq!(said.len(), told, "{message}");
        let sign = [Sign::Stuck, Sign::DontUnderstand];
        for (place, (heard, agent, component)) in said.into_iter().enumerate() {
            assert_eq!((heard, agent.as_str(), component.as_str()), (sign[place], "exercise", "variables"));
        }
    }
    for kept in bench.ledger.export(&"mia".parse().unwrap()).await.unwrap() {
        assert!(!String::from_utf8_lossy(&kept.body).contains("purple"), "{}", kept.key);
    }
}
