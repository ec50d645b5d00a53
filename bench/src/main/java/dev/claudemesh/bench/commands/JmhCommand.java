package dev.claudemesh.bench.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.Main;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// The parts by themselves. Takes what JMH takes.
@Command(
    name = "jmh",
    description = {
      "JMH for the codec, the crypto and the rules.",
      "Takes JMH's own arguments: -h shows them, -l lists the benchmarks, a pattern picks some."
    })
public final class JmhCommand implements Callable<Integer> {
  @Unmatched private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    Main.main(arguments.toArray(String[]::new));
    return 0;
  }
}
