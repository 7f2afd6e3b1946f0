// The loop of a server: a message or a cancellation, whichever comes first. And a timeout around a ready operation.
use crate::harness::{timed, Run};
use std::future::{ready, Future};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{channel, Receiver};
use tokio_util::sync::CancellationToken;

pub const WORKLOADS: &[crate::Workload] = &[
    ("select_none_baseline", |run| measure(run, baseline)),
    ("select_random", |run| measure(run, random)),
    ("select_biased_recv_first", |run| measure(run, recv_first)),
    ("select_biased_cancel_first", |run| measure(run, cancel_first)),
    ("select_random_pinned", |run| measure(run, pinned)),
    ("timeout_ready", timeout_ready),
];

const MESSAGES: u64 = 100_000;

async fn baseline(mut rx: Receiver<u64>, _: CancellationToken) -> u64 {
    let mut sum = 0;
    while let Some(message) = rx.recv().await {
        sum += message;
    }
    sum
}

async fn random(mut rx: Receiver<u64>, token: CancellationToken) -> u64 {
    let mut sum = 0;
    loop {
        tokio::select! {
            message = rx.recv() => match message {
                Some(message) => sum += message,
                None => return sum,
            },
            _ = token.cancelled() => return 0,
        }
    }
}

async fn recv_first(mut rx: Receiver<u64>, token: CancellationToken) -> u64 {
    let mut sum = 0;
    loop {
        tokio::select! {
            biased;
            message = rx.recv() => match message {
                Some(message) => sum += message,
                None => return sum,
            },
            _ = token.cancelled() => return 0,
        }
    }
}

async fn cancel_first(mut rx: Receiver<u64>, token: CancellationToken) -> u64 {
    let mut sum = 0;
    loop {
        tokio::select! {
            biased;
            _ = token.cancelled() => return 0,
            message = rx.recv() => match message {
                Some(message) => sum += message,
                None => return sum,
            },
        }
    }
}

async fn pinned(mut rx: Receiver<u64>, token: CancellationToken) -> u64 {
    let mut sum = 0;
    let cancelled = token.cancelled();
    tokio::pin!(cancelled);
    loop {
        tokio::select! {
            message = rx.recv() => match message {
                Some(message) => sum += message,
                None => return sum,
            },
            _ = &mut cancelled => return 0,
        }
    }
}

/// Measures a loop that receives messages which are all in the channel, and then its end.
fn measure<F>(run: &Run, take_all: fn(Receiver<u64>, CancellationToken) -> F)
where
    F: Future<Output = u64> + Send + 'static,
{
    let rounds = run.count(50);
    let took = run.root(async move {
        let token = CancellationToken::new();
        let mut took = Duration::ZERO;
        for _ in 0..rounds {
            let (tx, rx) = channel(MESSAGES as usize);
            for i in 0..MESSAGES {
                tx.try_send(i).unwrap();
            }
            drop(tx);
            let start = Instant::now();
            let sum = take_all(rx, token.clone()).await;
            took += start.elapsed();
            assert_eq!(sum, MESSAGES * (MESSAGES - 1) / 2);
        }
        took
    });
    run.emit_per_op("", took, rounds * MESSAGES);
}

fn timeout_ready(run: &Run) {
    let times = run.count(2_000_000);
    let took = run.root(timed(async move {
        for i in 0..times {
            assert_eq!(tokio::time::timeout(Duration::from_secs(1), ready(i)).await, Ok(i));
        }
    }));
    run.emit_per_op("", took, times);
}
