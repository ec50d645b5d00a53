package dev.claudemesh.bench.load;

import java.nio.file.Path;

/// A kind of broker that can do the work of a message scenario.
public interface Contender {
  /// Its name, as `--against` takes it.
  String name();

  /// Name and version.
  String title();

  /// What an ack of it means.
  String durability();

  /// Starts it in an empty folder, with every peer connected and every queue made.
  Line start(Path folder, Workload work) throws Exception;

  /// A broker that runs, and its peers.
  interface Line extends Watch.Watched, AutoCloseable {
    /// Begins the work; returns at once, the tally tells when it is done.
    void run(Tally tally, Body body) throws Exception;

    /// After all came: waits until the broker has every confirmation.
    ///
    /// @return seconds it took
    double confirmed() throws Exception;

    @Override
    void close();
  }
}
