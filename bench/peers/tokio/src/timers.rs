// Sleeps: a million at once, one at a time, and how late a sleep ends.
use crate::harness::{cpu_time, timed, Random, Run};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::task::unconstrained;
use tokio::time::{sleep, sleep_until, Sleep};

pub const WORKLOADS: &[crate::Workload] = &[
    ("sleep_1m_simple", sleep_simple),
    ("sleep_1m_wave", sleep_wave),
    ("sleep_poll_drop", sleep_poll_drop),
    ("sleep_box_1m", sleep_box),
    ("sleep_lateness_10k", sleep_lateness),
];

fn sleep_simple(run: &Run) {
    let tasks = run.count(1_000_000);
    let cpu = cpu_time();
    let took = run.root(timed(async move {
        let mut random = Random::new();
        let mut handles = Vec::with_capacity(tasks as usize);
        for _ in 0..tasks {
            let duration = Duration::from_millis(1 + random.below(1_000));
            handles.push(tokio::spawn(async move { sleep(duration).await }));
        }
        for handle in handles {
            handle.await.unwrap();
        }
    }));
    let cpu = cpu_time() - cpu;
    run.emit("over_1000ms", "ms", took.as_secs_f64() * 1e3 - 1_000.0);
    run.emit("cpu", "cpu-ms", cpu.as_secs_f64() * 1e3);
}

struct Wave {
    setup: Duration,
    setup_cpu: Duration,
    over_ideal: f64,
    fire_cpu: Duration,
}

async fn wave(tasks: u64, lead_ms: u64) -> Wave {
    let mut random = Random::new();
    let (parked, all_parked) = (Arc::new(AtomicU64::new(0)), Arc::new(Notify::new()));
    let mut handles = Vec::with_capacity(tasks as usize);
    let (start, cpu) = (Instant::now(), cpu_time());
    for _ in 0..tasks {
        let deadline = start + Duration::from_millis(lead_ms + 1 + random.below(1_000));
        let (parked, all_parked) = (parked.clone(), all_parked.clone());
        handles.push(tokio::spawn(async move {
            if parked.fetch_add(1, Ordering::Relaxed) + 1 == tasks {
                all_parked.notify_one();
            }
            drop((parked, all_parked));
            sleep_until(deadline.into()).await;
        }));
    }
    all_parked.notified().await;
    let (setup, setup_cpu) = (start.elapsed(), cpu_time() - cpu);
    for handle in handles {
        handle.await.unwrap();
    }
    let over_ideal = start.elapsed().as_secs_f64() * 1e3 - (lead_ms + 1_000) as f64;
    Wave { setup, setup_cpu, over_ideal, fire_cpu: cpu_time() - cpu - setup_cpu }
}

fn sleep_wave(run: &Run) {
    let tasks = run.count(1_000_000);
    let lead_ms = run.count(12_000).max(1_000);
    let wave = run.root(wave(tasks, lead_ms));
    let per_task = |cpu: Duration| cpu.as_nanos() as f64 / tasks as f64;
    run.emit_per_op("setup", wave.setup, tasks);
    run.emit("setup_cpu", "cpu-ns/op", per_task(wave.setup_cpu));
    // All tasks must sleep before the first deadline, or the numbers after it would measure something else.
    if wave.setup > Duration::from_millis(lead_ms) {
        return;
    }
    run.emit("over_ideal", "ms", wave.over_ideal);
    run.emit("fire_cpu", "cpu-ns/op", per_task(wave.fire_cpu));
}

fn sleep_poll_drop(run: &Run) {
    let times = run.count(2_000_000);
    let (took, cpu) = run.root(unconstrained(async move {
        let (start, cpu) = (Instant::now(), cpu_time());
        for _ in 0..times {
            let sleep = sleep(Duration::from_secs(60));
            tokio::pin!(sleep);
            assert!(futures::poll!(sleep.as_mut()).is_pending());
        }
        (start.elapsed(), cpu_time() - cpu)
    }));
    run.emit_per_op("", took, times);
    run.emit("cpu", "cpu-ns/op", cpu.as_nanos() as f64 / times as f64);
}

fn sleep_box(run: &Run) {
    let sleeps = run.count(1_000_000);
    let (insert, remove) = run.root(unconstrained(async move {
        let mut random = Random::new();
        let mut all: Vec<Option<Pin<Box<Sleep>>>> = Vec::with_capacity(sleeps as usize);
        let start = Instant::now();
        for _ in 0..sleeps {
            let mut sleep = Box::pin(sleep(Duration::from_millis(60_000 + random.below(1_000_000))));
            assert!(futures::poll!(sleep.as_mut()).is_pending());
            all.push(Some(sleep));
        }
        let insert = start.elapsed();
        for i in (1..all.len()).rev() {
            all.swap(i, random.below(i as u64 + 1) as usize);
        }
        let start = Instant::now();
        for sleep in &mut all {
            *sleep = None;
        }
        (insert, start.elapsed())
    }));
    run.emit_per_op("insert", insert, sleeps);
    run.emit_per_op("remove", remove, sleeps);
}

async fn be_late(duration: Duration) -> u64 {
    let deadline = Instant::now() + duration;
    sleep_until(deadline.into()).await;
    deadline.elapsed().as_nanos() as u64
}

fn sleep_lateness(run: &Run) {
    let sleeps = run.count(10_000);
    let mut late = run.root(async move {
        let mut random = Random::new();
        let handles: Vec<_> = (0..sleeps)
            .map(|_| tokio::spawn(be_late(Duration::from_micros(1_000 + random.below(999_001)))))
            .collect();
        let mut late = Vec::with_capacity(sleeps as usize);
        for handle in handles {
            late.push(handle.await.unwrap());
        }
        late
    });
    late.sort_unstable();
    let us = |share: f64| late[((late.len() - 1) as f64 * share) as usize] as f64 / 1e3;
    for (suffix, share) in [("min", 0.0), ("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
        run.emit(suffix, "us", us(share));
    }
}
