package dev.claudemesh.bench.rivals;

import dev.claudemesh.bench.load.Body;
import dev.claudemesh.bench.load.Contender;
import dev.claudemesh.bench.load.Tally;
import java.util.List;

/// A rival that runs, with its peers connected.
abstract class RivalLine implements Contender.Line {
  private final Server server;
  private volatile Driver driver;

  RivalLine(Server server) {
    this.server = server;
  }

  /// Who is told of acks and arrivals now.
  final Driver driver() {
    return driver;
  }

  abstract void publish(int sender, int target, int seq, byte[] body) throws Exception;

  /// Ends the connections, as far as that works.
  abstract void disconnect() throws Exception;

  @Override
  public void run(Tally tally, Body body) {
    driver = new Driver(tally, body);
    driver.start(this::publish);
  }

  /// Receivers confirm as they go; the libraries do not tell when the broker has it.
  @Override
  public double confirmed() {
    return 0;
  }

  @Override
  public List<ProcessHandle> broker() {
    return server.tree();
  }

  @Override
  public List<ProcessHandle> database() {
    return List.of();
  }

  @Override
  public void close() {
    try {
      disconnect();
    } catch (Exception e) {
      System.err.println("bench: a connection did not end well: " + e);
    }
    server.close();
  }
}
