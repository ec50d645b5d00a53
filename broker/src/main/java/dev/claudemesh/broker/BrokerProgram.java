package dev.claudemesh.broker;

import dev.claudemesh.broker.kernel.BrokerConfig;
import dev.claudemesh.broker.kernel.SteadyTime;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;

/// The broker as a program: runs until it is told to end by a signal.
public final class BrokerProgram {
  private BrokerProgram() {}

  /// Starts a broker, prints `ready ws://host:port/ws` on `stdout` and nothing else ever, and
  /// waits. SIGTERM and SIGINT stop it gracefully.
  ///
  /// @param stderr told what takes time at the start
  public static void run(BrokerConfig config, PrintStream stdout, PrintStream stderr)
      throws InterruptedException {
    run(config, InstantSource.system(), stdout, stderr);
  }

  /// The same by another clock.
  public static void run(
      BrokerConfig config, InstantSource clock, PrintStream stdout, PrintStream stderr)
      throws InterruptedException {
    Logs.talk();
    Broker broker =
        Broker.start(
            config, Broker.databaseConfig(config), clock, new SteadyTime(), stderr::println);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> {
                  broker.close();
                  stopped.countDown();
                }));
    stdout.println("ready " + broker.wsUrl());
    stdout.flush();
    stopped.await();
  }
}
