// Fork-join: of each pair of calls one is spawned, and the other is awaited in place.
use crate::harness::Run;
use futures::future::{BoxFuture, FutureExt};
use std::time::Instant;

pub const WORKLOADS: &[crate::Workload] = &[("fib27", fib27), ("fork27", fib27)];

fn fib(n: u32) -> BoxFuture<'static, u64> {
    async move {
        if n < 2 {
            return u64::from(n);
        }
        let left = tokio::spawn(fib(n - 1));
        let right = fib(n - 2).await;
        left.await.unwrap() + right
    }
    .boxed()
}

/// fib(n) spawns fib(n + 1) - 1 tasks.
fn spawns(n: u32) -> u64 {
    let (mut low, mut high) = (0, 1);
    for _ in 0..n {
        (low, high) = (high, low + high);
    }
    high - 1
}

fn fib27(run: &Run) {
    // A smaller scale computes a smaller number: each step down divides the work by 1.618.
    let n = (1..=27).rev().find(|n| spawns(*n) <= run.count(spawns(27))).unwrap_or(1);
    let (took, result) = run.root(async move {
        let start = Instant::now();
        let result = fib(n).await;
        (start.elapsed(), result)
    });
    assert_eq!(result, spawns(n - 1) + 1);
    run.emit_per_op("", took, spawns(n).max(1));
}
