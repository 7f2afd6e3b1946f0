// The workloads of bench/peers on tokio. `peers-tokio WORKLOAD mt|ct [SCALE]` prints a JSON object for each metric;
// `peers-tokio --list` prints the names of the workloads. The names, sizes and random numbers are those of ../corokit.
mod cancellation;
mod channels;
mod fork_join;
mod harness;
mod io;
mod memory;
mod orchestrator;
mod select;
mod spawn;
mod sync;
mod timers;
mod yields;

use harness::Run;

type Workload = (&'static str, fn(&Run));

fn workloads() -> Vec<Workload> {
    let suites: [&[Workload]; 11] = [
        spawn::WORKLOADS,
        yields::WORKLOADS,
        sync::WORKLOADS,
        channels::WORKLOADS,
        timers::WORKLOADS,
        memory::WORKLOADS,
        cancellation::WORKLOADS,
        orchestrator::WORKLOADS,
        select::WORKLOADS,
        fork_join::WORKLOADS,
        io::WORKLOADS,
    ];
    suites.concat()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.get(1).map(String::as_str) == Some("--list") {
        workloads().iter().for_each(|(name, _)| println!("{name}"));
        return;
    }
    let run = match Run::parse(&arguments) {
        Some(run) => run,
        None => fail("usage: peers-tokio WORKLOAD mt|ct [SCALE]"),
    };
    match workloads().into_iter().find(|(name, _)| *name == run.workload) {
        Some((_, workload)) => workload(&run),
        None => fail(&format!("there is no workload {}", run.workload)),
    }
}

fn fail(message: &str) -> ! {
    eprintln!("peers-tokio: {message}");
    std::process::exit(2);
}
