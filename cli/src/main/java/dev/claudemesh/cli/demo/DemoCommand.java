package dev.claudemesh.cli.demo;

import dev.claudemesh.broker.Broker;
import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.config.ConfigFile;
import dev.claudemesh.protocol.presence.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/// Shows the whole main job, with real parts: a broker, its PostgreSQL, the commands, and the
/// cryptography.
@Does(Effect.READ)
@Command(
    name = "demo",
    description = "Show in half a minute what claudemesh does, in a throwaway folder.")
public final class DemoCommand extends CliCommand {
  private final List<Step> steps = new ArrayList<>();

  public DemoCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Told(boolean ok, List<Step> steps) {}

  /// One step and how long it took.
  record Step(String what, long millis) {}

  private interface Action {
    String run() throws IOException, InterruptedException;
  }

  @Override
  protected Answer answer() throws IOException, InterruptedException {
    String secret = "the staging password is " + UUID.randomUUID();
    String later = "when you are done, please review " + UUID.randomUUID();
    String toAll = "standup in five minutes " + UUID.randomUUID();
    try (Stage stage = new Stage(context.clock())) {
      Broker broker = broker(stage);
      mesh(stage);
      Session bob = session(stage);
      direct(stage, bob, secret);
      String messageId = held(stage, bob, later);
      everyone(stage, bob, toAll);
      noPlaintext(stage, messageId, List.of(secret, later, toAll));
      step("Everything of this demo is removed", () -> cleared(stage));
      assert broker.port() > 0;
    }
    Answer answer = Answer.of(new Told(true, steps)).line("");
    for (String line : forReal()) {
      answer.line(line);
    }
    return answer.next("claudemesh broker");
  }

  private Broker broker(Stage stage) throws IOException, InterruptedException {
    Broker[] started = new Broker[1];
    step(
        "A broker with a PostgreSQL of its own",
        () -> {
          started[0] = stage.startBroker(line -> talk("  " + line));
          return started[0].wsUrl();
        });
    return started[0];
  }

  private void mesh(Stage stage) throws IOException, InterruptedException {
    step(
        "Ana makes a mesh; its keys are made on her side",
        () -> command(stage, "ana", "create", "platform"));
    String[] link = new String[1];
    step(
        "She invites Bob by a short link",
        () -> {
          link[0] = stage.run("ana", "invite");
          return "claudemesh invite  →  " + link[0];
        });
    step("Bob joins with a key of his own", () -> command(stage, "bob", "join", link[0]));
    step(
        "Ana's next command hands him the mesh key, sealed to his key",
        () -> command(stage, "ana", "peers"));
  }

  private Session session(Stage stage) throws IOException, InterruptedException {
    Session[] opened = new Session[1];
    step(
        "A session of Bob's comes online and is idle",
        () -> {
          ConfigFile config =
              stage.context("bob", context.terminal().out(), context.terminal().err()).config();
          opened[0] = new Session(config.read().memberships().getFirst(), "bob");
          stage.closeLater(opened[0]);
          opened[0].is(Status.IDLE);
          return "as claudemesh mcp does it in Claude Code";
        });
    return opened[0];
  }

  private void direct(Stage stage, Session bob, String text)
      throws IOException, InterruptedException {
    step(
        "Ana sends Bob an encrypted message, and he reads it",
        () -> {
          stage.run("ana", "send", "bob", text);
          return quoted(bob.next().text(), text);
        });
  }

  /// @return id of the message
  private String held(Stage stage, Session bob, String text)
      throws IOException, InterruptedException {
    String[] id = new String[1];
    step(
        "Bob's session works: a message of ordinary priority waits",
        () -> {
          bob.is(Status.WORKING);
          JsonNode sent = Wire.mapper().readTree(stage.run("ana", "send", "bob", text, "--json"));
          id[0] = sent.path("messageId").stringValue();
          String state =
              sent.at("/copies/0/status").stringValue()
                  + ", "
                  + sent.at("/copies/0/reason").asString("");
          if (bob.hasMail() || sent.path("delivered").asBoolean(true)) {
            throw new IllegalStateException("The message did not wait: " + state);
          }
          return state;
        });
    step(
        "He is idle again: it comes at once",
        () -> {
          bob.is(Status.IDLE);
          return quoted(bob.next().text(), text);
        });
    return id[0];
  }

  private void everyone(Stage stage, Session bob, String text)
      throws IOException, InterruptedException {
    step(
        "A message to everyone is encrypted under the mesh's key",
        () -> {
          stage.run("ana", "send", "*", text);
          return quoted(bob.next().text(), text);
        });
  }

  private void noPlaintext(Stage stage, String messageId, List<String> texts)
      throws IOException, InterruptedException {
    step(
        "The broker's files hold none of these texts",
        () -> {
          // The random end of each text is what nothing else can hold; the id proves that the
          // search finds what is there.
          List<String> wanted =
              new ArrayList<>(
                  texts.stream().map(text -> text.substring(text.lastIndexOf(' ') + 1)).toList());
          wanted.add(messageId);
          PlaintextSearch.Result result = PlaintextSearch.in(stage.database(), wanted);
          if (!result.found().equals(Set.of(messageId))) {
            throw new IllegalStateException(
                "Of the texts and the id "
                    + messageId
                    + ", the broker's files hold "
                    + result.found());
          }
          return String.format(
              Locale.ROOT,
              "%d files, %.0f MB searched: the ids of the messages are there, the texts are not",
              result.files(),
              result.bytes() / 1e6);
        });
  }

  private static String cleared(Stage stage) {
    stage.close();
    return "";
  }

  private static String command(Stage stage, String actor, String... arguments) {
    stage.run(actor, arguments);
    return "claudemesh " + String.join(" ", arguments);
  }

  private static String quoted(String got, String sent) {
    if (!got.equals(sent)) {
      throw new IllegalStateException("Another text came than was sent");
    }
    return "“" + got + "”";
  }

  /// Does one step and tells it with its time.
  private void step(String what, Action action) throws IOException, InterruptedException {
    long start = System.nanoTime();
    String detail = action.run();
    long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
    steps.add(new Step(what, millis));
    Terminal terminal = context.terminal();
    String line =
        terminal.icon(Icon.GOOD)
            + " "
            + String.format(Locale.ROOT, "%6.2f s  ", millis / 1000.0)
            + what;
    tell(line);
    if (!detail.isEmpty()) {
      tell("             " + terminal.in(Style.MUTED, detail));
    }
  }

  /// With `--json` the story is talk, and the answer at the end is the data.
  private void tell(String line) {
    if (json) {
      talk(line);
    } else {
      context.terminal().data(line);
    }
  }

  private void talk(String line) {
    context.terminal().talk(line);
  }

  private static List<String> forReal() {
    return List.of(
        "Now for real, in two terminals:",
        "  claudemesh broker                      the broker; it keeps its data in"
            + " ~/.claudemesh/broker",
        "  claudemesh create <name>               your mesh",
        "  claudemesh invite                      a link for somebody else, or for another machine"
            + " of yours",
        "  claudemesh install                     enters claudemesh into Claude Code; then start"
            + " claude as ever",
        "  claudemesh peers                       who is there");
  }
}
