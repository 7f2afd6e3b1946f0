// Cancelling a hundred thousand tasks; creating tokens, and looking at them.
use crate::harness::{black_box, timed, Run};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;

pub const WORKLOADS: &[crate::Workload] = &[
    ("cancel_100k_shared", cancel_shared),
    ("child_token", child_token),
    ("token_is_cancelled", is_cancelled),
];

#[derive(Default)]
struct Crowd {
    parked: AtomicU64,
    gone: AtomicU64,
    all_gone: Notify,
}

async fn wait_to_be_told(token: CancellationToken, crowd: Arc<Crowd>, tasks: u64) {
    crowd.parked.fetch_add(1, Ordering::Relaxed);
    token.cancelled().await;
    if crowd.gone.fetch_add(1, Ordering::Relaxed) + 1 == tasks {
        crowd.all_gone.notify_one();
    }
}

fn cancel_shared(run: &Run) {
    let tasks = run.count(100_000);
    let (call, all_done) = run.root(async move {
        let token = CancellationToken::new();
        let crowd = Arc::new(Crowd::default());
        for _ in 0..tasks {
            tokio::spawn(wait_to_be_told(token.clone(), crowd.clone(), tasks));
        }
        while crowd.parked.load(Ordering::Relaxed) != tasks {
            yield_now().await;
        }
        let start = Instant::now();
        token.cancel();
        let call = start.elapsed();
        crowd.all_gone.notified().await;
        (call, start.elapsed())
    });
    run.emit_per_op("call", call, tasks);
    run.emit_per_op("all_done", all_done, tasks);
}

fn child_token(run: &Run) {
    let times = run.count(5_000_000);
    let took = run.root(timed(async move {
        let parent = CancellationToken::new();
        for _ in 0..times {
            black_box(parent.child_token());
        }
    }));
    run.emit_per_op("", took, times);
}

fn is_cancelled(run: &Run) {
    let times = run.count(50_000_000);
    let took = run.root(timed(async move {
        let token = CancellationToken::new();
        for _ in 0..times {
            assert!(!black_box(&token).is_cancelled());
        }
    }));
    run.emit_per_op("", took, times);
}
