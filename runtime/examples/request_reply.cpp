// Request and reply: one task owns the accounts, the others ask it. Each request carries the sender of a oneshot
// channel, through which the answer comes back. No other task touches the accounts, so they need no lock.
//
// Look at:
//   - ask(): it makes the channel, sends one end along, and awaits the other.
//   - bank(): when it returns, the senders of the requests that are left die unused, and the clients get an error
//     instead of waiting for ever.
#include <corokit/runtime.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/oneshot.hpp>

#include <cstdio>
#include <map>
#include <string>

using namespace corokit;

namespace {

using Balance = Result<int, std::string>;

struct Request {
  std::string account;
  int amount;  // less than 0: to be paid out
  oneshot::Sender<Balance> reply;
};

Task<> bank(mpsc::Receiver<Request> requests, int answers) {
  std::map<std::string, int> accounts;
  while (auto request = co_await requests.recv()) {
    if (answers-- == 0) co_return;  // drops this request, and what is queued behind it
    int& balance = accounts[request->account];
    const bool is_covered = balance + request->amount >= 0;
    if (is_covered) balance += request->amount;
    Balance answer = is_covered ? Balance(balance) : Err<std::string>("not covered");
    static_cast<void>(request->reply.send(std::move(answer)));  // a client that has gone away needs no answer
  }
}

Task<Balance> ask(const mpsc::Sender<Request>& bank, std::string account, int amount) {
  auto [reply, answer] = oneshot::channel<Balance>();
  Request request{std::move(account), amount, std::move(reply)};
  const auto sent = co_await bank.send(std::move(request));
  if (!sent) co_return Err<std::string>("the bank is closed");  // the request has come back, with its sender
  auto received = co_await answer;
  if (!received) co_return Err<std::string>("the bank is closed");
  co_return std::move(*received);
}

Task<> client() {
  auto [requests, queue] = mpsc::channel<Request>(8);
  spawn(bank(std::move(queue), 3)).detach();
  for (const int amount : {100, -30, -80, 10, 10}) {
    const Balance balance = co_await ask(requests, "Ada", amount);
    if (balance)
      std::printf("%+4d: the balance is %d\n", amount, *balance);
    else
      std::printf("%+4d: %s\n", amount, balance.error().c_str());
  }
}

}  // namespace

int main() {
  Runtime::multi_thread().block_on(client());
}
