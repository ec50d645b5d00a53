package dev.claudemesh.cli.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.cli.Shell;
import dev.claudemesh.mcp.tools.ToolServerProgram;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Lending and calling tools as people do it, with a real MCP server behind.
class McpCommandsTest {
  private static final Duration LONG = Duration.ofSeconds(40);

  private static TestBroker broker;

  @TempDir private Path temp;
  private Shell ana;
  private Shell bob;

  @BeforeAll
  static void aBroker() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void twoPeopleInAMesh() {
    ana = new Shell(temp.resolve("ana"), "ana").broker(broker.wsUrl()).at(broker.clock());
    bob = new Shell(temp.resolve("bob"), "bob").broker(broker.wsUrl()).at(broker.clock());
    ana.ok("create", "lending");
    bob.ok("join", ana.ok("invite", "--json").json().path("url").stringValue());
  }

  /// A command that runs until it is interrupted, or by itself.
  private record Running(Thread thread, CompletableFuture<Shell.Ran> ran) {
    Shell.Ran interrupted() {
      thread.interrupt();
      return ended();
    }

    Shell.Ran ended() {
      return ran.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
    }
  }

  private Running start(Shell shell, List<String> words) {
    CompletableFuture<Shell.Ran> ran = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                ran.complete(shell.run(words.toArray(String[]::new)));
              } catch (RuntimeException e) {
                ran.completeExceptionally(e);
              }
            });
    return new Running(thread, ran);
  }

  private Running host(String... options) {
    List<String> words = new ArrayList<>(List.of("mcp", "host", "tools"));
    words.addAll(List.of(options));
    words.add("--");
    words.addAll(ToolServerProgram.command());
    Running running = start(ana, words);
    eventually("it is listed", () -> running.ran().isDone() || online());
    return running;
  }

  private boolean online() {
    JsonNode servers = bob.ok("mcp", "list", "--json").json().path("servers");
    return servers.path(0).path("online").asBoolean(false);
  }

  private static void eventually(String what, BooleanSupplier is) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!is.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("never: " + what);
      }
      LockSupport.parkNanos(50_000_000);
    }
  }

  @Test
  void tools_are_lent_listed_allowed_called_and_taken_off() {
    assertThat(bob.ok("mcp", "list").out()).contains("Nobody lends tools on lending yet");
    Running host = host("-d", "things for tests", "-e", "GREETING=hello");

    assertThat(bob.ok("mcp", "list").out()).contains("tools", "ana", "online", "things for tests");
    assertThat(bob.ok("mcp", "list", "tools").out()).contains("echo", "text", "Does echo");
    Shell.Ran blocked = bob.run("mcp", "call", "tools", "echo", "text=hi");
    assertThat(blocked.exit()).isEqualTo(7);
    assertThat(blocked.err()).contains("claudemesh grant bob tools");

    ana.ok("grant", "bob", "tools");
    assertThat(ana.ok("grants").out()).contains("tools");
    assertThat(bob.ok("mcp", "call", "tools", "echo", "text=hi there").out())
        .isEqualTo("hi there\n");
    assertThat(
            bob.ok("mcp", "call", "tools", "echo", "{\"text\":\"\\u001b[31mred\"}", "--json")
                .json()
                .path("result")
                .path("content")
                .path(0)
                .path("text")
                .stringValue())
        .isEqualTo("\u001b[31mred");
    assertThat(bob.ok("mcp", "call", "tools", "echo", "{\"text\":\"\\u001b[31mred\"}").out())
        .as("what another's tool says cannot colour a terminal")
        .doesNotContain("\u001b");
    assertThat(bob.ok("mcp", "call", "tools", "variables").out())
        .contains("GREETING", "PATH")
        .doesNotContain("CLAUDEMESH");
    Shell.Ran failed = bob.run("mcp", "call", "tools", "fail");
    assertThat(failed.exit()).isEqualTo(3);
    assertThat(failed.out()).contains("it went wrong");
    assertThat(bob.run("mcp", "call", "tools", "sing").exit()).isEqualTo(5);
    assertThat(bob.run("mcp", "call", "nothing", "echo").err()).contains("not found in mesh");

    assertThat(bob.run("mcp", "remove", "tools").exit()).isEqualTo(7);
    ana.ok("mcp", "remove", "tools");
    assertThat(bob.ok("mcp", "list").out()).contains("Nobody lends tools");

    Shell.Ran ended = host.ended();
    assertThat(ended.exit()).isEqualTo(5);
    assertThat(ended.err()).contains("tools was taken off the mesh");
    assertThat(ended.out()).contains("tools is lent to lending", "bob  echo", "ms  ok");
    assertThat(ended.out()).doesNotContain("not encrypted");
  }

  @Test
  void who_stops_lending_is_off_at_once_unless_it_stays_listed() {
    Running host = host();
    host.interrupted();
    assertThat(bob.ok("mcp", "list").out()).contains("Nobody lends tools");

    host("--persistent").interrupted();
    assertThat(bob.ok("mcp", "list").out()).contains("tools", "offline");
    ana.ok("grant", "bob", "tools");
    Shell.Ran away = bob.run("mcp", "call", "tools", "echo");
    assertThat(away.exit()).isEqualTo(4);
    assertThat(away.err()).contains("is offline");

    Running back = host("--persistent");
    assertThat(bob.ok("mcp", "call", "tools", "echo", "text=back").out()).isEqualTo("back\n");
    back.interrupted();
  }

  @Test
  void a_server_that_dies_takes_its_tools_along_and_says_so() {
    Running host = host();
    ana.ok("grant", "bob", "tools");
    Shell.Ran call = bob.run("mcp", "call", "tools", "die");
    assertThat(call.exit()).isEqualTo(4);
    assertThat(call.err()).contains("lost during the call");
    Shell.Ran ended = host.ended();
    assertThat(ended.exit()).isEqualTo(8);
    assertThat(ended.err()).contains("has ended, so tools is not lent any more");
    assertThat(bob.ok("mcp", "list").out()).contains("Nobody lends tools");
  }

  @Test
  void what_is_no_server_and_a_name_that_is_taken_are_refused_in_words() {
    Shell.Ran nothing = ana.run("mcp", "host", "x", "--", "/no/such/program");
    assertThat(nothing.exit()).isEqualTo(3);
    assertThat(nothing.err()).contains("does not run as an MCP server");
    assertThat(ana.run("mcp", "host", "x", "-e", "CLAUDEMESH_X=1", "--", "true").exit())
        .isEqualTo(3);
    assertThat(ana.run("mcp", "host", "x", "-e", "NOT_SET", "--", "true").err())
        .contains("NOT_SET is not set");

    Running host = host();
    List<String> same = new ArrayList<>(List.of("mcp", "host", "tools", "--"));
    same.addAll(ToolServerProgram.command());
    Shell.Ran taken = bob.run(same.toArray(String[]::new));
    assertThat(taken.exit()).isEqualTo(6);
    assertThat(taken.err()).contains("Another member lends a server named");
    host.interrupted();
  }

  /// As a process of its own, whose output is in host.log.
  private Process hostProcess(String... variables) throws java.io.IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
            "dev.claudemesh.cli.Main",
            "mcp",
            "host",
            "tools"));
    for (String variable : variables) {
      words.addAll(List.of("-e", variable));
    }
    words.add("--");
    words.addAll(ToolServerProgram.command());
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("host.log").toFile());
    builder.environment().put("HOME", ana.home().toString());
    builder.environment().put("CLAUDEMESH_CONFIG_DIR", ana.config().getParent().toString());
    Process host = builder.start();
    eventually("it is listed", () -> !host.isAlive() || online());
    assertThat(host.isAlive()).as(() -> read(temp.resolve("host.log"))).isTrue();
    return host;
  }

  private static void end(Process host) {
    host.descendants().forEach(ProcessHandle::destroyForcibly);
    host.destroyForcibly();
  }

  @Test
  void a_host_that_is_killed_costs_its_callers_no_waiting() throws Exception {
    ana.ok("grant", "bob", "tools");
    Path log = temp.resolve("sent");
    Process host = hostProcess("LOG=" + log);
    try {
      Running call =
          start(bob, List.of("mcp", "call", "tools", "hang", "text=killed", "-t", "600"));
      eventually("the server has the call", () -> read(log).contains("killed"));
      host.destroyForcibly();
      Shell.Ran told = call.ended();
      assertThat(told.exit()).isEqualTo(4);
      assertThat(told.err()).contains("lost during the call");
    } finally {
      end(host);
    }
  }

  @Test
  void a_signal_ends_the_host_and_its_server_even_one_that_does_not_want_to() throws Exception {
    Process host = hostProcess("STUBBORN=yes");
    List<ProcessHandle> servers = host.descendants().toList();
    try {
      assertThat(servers).isNotEmpty();
      host.destroy();
      assertThat(host.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      eventually("the server ended", () -> servers.stream().noneMatch(ProcessHandle::isAlive));
      assertThat(bob.ok("mcp", "list").out()).contains("Nobody lends tools");
    } finally {
      servers.forEach(ProcessHandle::destroyForcibly);
      end(host);
    }
  }

  @Test
  void a_signal_that_reaches_the_server_first_is_no_failure() throws Exception {
    Process host = hostProcess();
    try {
      host.descendants().forEach(ProcessHandle::destroyForcibly);
      host.destroy();
      assertThat(host.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(read(temp.resolve("host.log"))).contains("is lent").doesNotContain("has ended");
    } finally {
      end(host);
    }
  }

  @Test
  void a_name_is_shown_as_a_word_that_can_be_copied_into_a_shell() {
    assertThat(McpListCommand.word("github")).isEqualTo("github");
    assertThat(McpListCommand.word("my tools")).isEqualTo("'my tools'");
    assertThat(McpListCommand.word("a`id`$(id)\"'\u001b")).isEqualTo("'a`id`$(id)\"'\\''\u241b'");
    assertThat(McpListCommand.word("-x")).isEqualTo("'-x'");
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void arguments_are_one_object_or_words_with_values() {
    assertThat(
            McpCallCommand.arguments(List.of("a=1", "b=two words", "c={\"d\":[1]}", "e=", "f=x=y")))
        .isEqualTo(
            Wire.mapper()
                .readTree(
                    "{\"a\":1,\"b\":\"two words\",\"c\":{\"d\":[1]},\"e\":\"\",\"f\":\"x=y\"}"));
    assertThat(McpCallCommand.arguments(List.of("{\"a\":1}")).path("a").intValue()).isEqualTo(1);
    assertThat(McpCallCommand.arguments(List.of())).isEmpty();
    for (List<String> wrong : List.of(List.of("word"), List.of("=x"), List.of("{not json"))) {
      assertThatThrownBy(() -> McpCallCommand.arguments(wrong)).isInstanceOf(Problem.class);
    }
  }
}
