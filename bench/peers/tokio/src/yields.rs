// Yielding: among many tasks, and alone.
use crate::harness::{timed, Run};
use tokio::task::yield_now;

pub const WORKLOADS: &[crate::Workload] = &[("yield_many", yield_many), ("yield_lone", yield_lone)];

const TASKS: u64 = 200;
const YIELDS: u64 = 1_000;

async fn give_way(times: u64) {
    for _ in 0..times {
        yield_now().await;
    }
}

fn yield_many(run: &Run) {
    let rounds = run.count(10);
    let took = run.root(timed(async move {
        for _ in 0..rounds {
            let handles: Vec<_> = (0..TASKS).map(|_| tokio::spawn(give_way(YIELDS))).collect();
            for handle in handles {
                handle.await.unwrap();
            }
        }
    }));
    run.emit_per_op("", took, rounds * TASKS * YIELDS);
}

fn yield_lone(run: &Run) {
    let yields = run.count(1_000_000);
    let took = run.root(timed(give_way(yields)));
    run.emit_per_op("", took, yields);
}
