package dev.claudemesh.broker.approvals;

import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.protocol.Outbound;
import dev.claudemesh.protocol.approvals.ApprovalEvent.Asked;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A connection that nobody sends anything on, and requests made on it.
final class Line implements Connection {
  static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  ApprovalStore.Open ask(String asker, String id, String to, int size, int seconds, Instant now) {
    return new ApprovalStore.Open(
        "mesh",
        asker,
        this,
        to,
        now.plusSeconds(seconds),
        new Asked(id, asker, asker, "nonce", "x".repeat(size)));
  }

  ApprovalStore.Watcher watcher(String key) {
    return new ApprovalStore.Watcher("mesh", key, this);
  }

  @Override
  public String id() {
    return "line";
  }

  @Override
  public InetAddress remote() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public void send(Outbound frame) {}

  @Override
  public void reply(Outbound frame, Optional<String> reqId) {}

  @Override
  public CompletableFuture<Boolean> sendEncoded(byte[] frame) {
    return CompletableFuture.completedFuture(true);
  }

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public boolean open() {
    return true;
  }

  @Override
  public Optional<Peer> peer() {
    return Optional.empty();
  }

  @Override
  public void bind(Peer peer) {}

  @Override
  public void whenClosed(Runnable task) {}

  @Override
  public void close(int code, String reason) {}
}
