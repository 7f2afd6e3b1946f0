// Sockets of TCP on this machine: round trips on one connection and on a thousand, a copy, connections one after another,
// and a server on a thread of its own.
use crate::harness::{timed, Run};
use std::net::SocketAddr;
use tokio::io::{copy as copy_stream, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

pub const WORKLOADS: &[crate::Workload] = &[
    ("io_ping_pong", ping_pong_1),
    ("io_ping_pong_1000", ping_pong_1000),
    ("io_copy", copy),
    ("io_accept", accept),
    ("io_socket", socket),
];

const MESSAGE: usize = 64;

async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

async fn connect(server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(server).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

async fn accept_one(listener: &TcpListener) -> TcpStream {
    let stream = listener.accept().await.unwrap().0;
    stream.set_nodelay(true).unwrap();
    stream
}

async fn answer(mut stream: TcpStream) {
    let mut message = [0; MESSAGE];
    while stream.read_exact(&mut message).await.is_ok() {
        stream.write_all(&message).await.unwrap();
    }
}

async fn serve(listener: TcpListener, connections: u64) {
    for _ in 0..connections {
        tokio::spawn(answer(accept_one(&listener).await));
    }
}

async fn ask(server: SocketAddr, rounds: u64) {
    let mut stream = connect(server).await;
    let mut message = [0; MESSAGE];
    for _ in 0..rounds {
        stream.write_all(&message).await.unwrap();
        stream.read_exact(&mut message).await.unwrap();
    }
}

async fn ping_pong(connections: u64, rounds: u64) {
    let listener = listen().await;
    let address = listener.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(serve(listener, connections));
    for _ in 0..connections {
        tasks.spawn(ask(address, rounds));
    }
    while let Some(over) = tasks.join_next().await {
        over.unwrap();
    }
}

fn ping_pong_1(run: &Run) {
    let rounds = run.count(100_000);
    let took = run.root_with_io(timed(ping_pong(1, rounds)));
    run.emit_per_op("", took, rounds);
}

/// A thousand connections are two thousand descriptors, which is more than many systems allow at first.
fn allow_many_descriptors() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the calls read and write `limit` alone.
    unsafe {
        libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit);
        limit.rlim_cur = limit.rlim_max;
        libc::setrlimit(libc::RLIMIT_NOFILE, &limit);
    }
}

fn ping_pong_1000(run: &Run) {
    const CONNECTIONS: u64 = 1_000;
    allow_many_descriptors();
    let rounds = run.count(200);
    let took = run.root_with_io(timed(ping_pong(CONNECTIONS, rounds)));
    run.emit_per_op("", took, CONNECTIONS * rounds);
}

const BLOCK: usize = 65_536;

async fn send_blocks(to: SocketAddr, blocks: u64) {
    let mut stream = connect(to).await;
    let block = vec![b'x'; BLOCK];
    for _ in 0..blocks {
        stream.write_all(&block).await.unwrap();
    }
}

async fn copy_one(from: TcpListener, to: SocketAddr) {
    let mut source = accept_one(&from).await;
    let mut sink = connect(to).await;
    copy_stream(&mut source, &mut sink).await.unwrap();
}

async fn receive_all(listener: TcpListener, bytes: u64) {
    let mut stream = accept_one(&listener).await;
    let mut block = vec![0; BLOCK];
    let mut sum = 0;
    loop {
        let got = stream.read(&mut block).await.unwrap();
        if got == 0 {
            break;
        }
        sum += got as u64;
    }
    assert_eq!(sum, bytes, "bytes were lost");
}

async fn copy_blocks(blocks: u64) {
    let first = listen().await;
    let second = listen().await;
    let (to_first, to_second) = (first.local_addr().unwrap(), second.local_addr().unwrap());
    let receiving = tokio::spawn(receive_all(second, blocks * BLOCK as u64));
    let copying = tokio::spawn(copy_one(first, to_second));
    let sending = tokio::spawn(send_blocks(to_first, blocks));
    sending.await.unwrap();
    copying.await.unwrap();
    receiving.await.unwrap();
}

fn copy(run: &Run) {
    let blocks = run.count(16_384);
    let took = run.root_with_io(timed(copy_blocks(blocks)));
    run.emit_per_op("", took, blocks * BLOCK as u64 / 1_024);
}

async fn connect_often(server: SocketAddr, times: u64) {
    for _ in 0..times {
        connect(server).await;
    }
}

async fn accept_all(listener: TcpListener, times: u64) {
    for _ in 0..times {
        accept_one(&listener).await;
    }
}

const CLIENTS: u64 = 8;

async fn connect_and_accept(times: u64) {
    let listener = listen().await;
    let address = listener.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(accept_all(listener, CLIENTS * times));
    for _ in 0..CLIENTS {
        tasks.spawn(connect_often(address, times));
    }
    while let Some(over) = tasks.join_next().await {
        over.unwrap();
    }
}

fn accept(run: &Run) {
    let times = run.count(1_250);
    let took = run.root_with_io(timed(connect_and_accept(times)));
    run.emit_per_op("", took, CLIENTS * times);
}

const SOCKETS: u64 = 20;

async fn serve_all(listener: TcpListener) {
    let mut handlers = JoinSet::new();
    for _ in 0..SOCKETS {
        handlers.spawn(answer(accept_one(&listener).await));
    }
    while let Some(over) = handlers.join_next().await {
        over.unwrap();
    }
}

async fn ask_all(server: SocketAddr, rounds: u64) {
    let mut clients = JoinSet::new();
    for _ in 0..SOCKETS {
        clients.spawn(ask(server, rounds));
    }
    while let Some(over) = clients.join_next().await {
        over.unwrap();
    }
}

fn single_threaded() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// The workload io_socket of the public C++ runtime benchmarks: 20 connections, a server and a client with a thread each.
fn socket(run: &Run) {
    let rounds = run.count(5_000);
    let (listens, address) = std::sync::mpsc::channel();
    let server = std::thread::spawn(move || {
        single_threaded().block_on(async move {
            let listener = listen().await;
            listens.send(listener.local_addr().unwrap()).unwrap();
            serve_all(listener).await;
        })
    });
    let address = address.recv().unwrap();
    let took = single_threaded().block_on(timed(ask_all(address, rounds)));
    server.join().unwrap();
    run.emit_per_op("", took, SOCKETS * rounds);
}
