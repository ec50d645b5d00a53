package dev.claudemesh.cli.launch;

import dev.claudemesh.cli.Cli;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.launch.LaunchSession.Mesh;
import dev.claudemesh.cli.launch.LaunchSession.Offer;
import dev.claudemesh.cli.mesh.Brokers;
import dev.claudemesh.cli.policy.AskBefore;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.config.AuthFile;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.invites.InviteLink;
import dev.claudemesh.protocol.invites.InvitePayload;
import dev.claudemesh.protocol.invites.InviteReply;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.invites.InviteToken;
import dev.claudemesh.protocol.meshes.MeshRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// By the commands that a person would type: what they print as JSON is read, and nothing of theirs
/// reaches the terminal.
final class CommandActions implements Actions {
  private final Context context;
  private final Optional<AskBefore> mode;
  private List<Template> templates = List.of();

  /// @param confirmed whether somebody sees what is about to be done, and says go; commands are not
  ///   asked about once more then
  CommandActions(Context context, boolean confirmed) {
    this.context = context;
    this.mode = confirmed ? Optional.of(AskBefore.NOTHING) : context.consent().mode();
  }

  /// The same with nobody to talk to.
  private Context silent(OutputStream answer) {
    return new Context(
        context.environment(),
        new Terminal(
            new PrintStream(answer, true, StandardCharsets.UTF_8),
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
            false,
            context.environment().variables()),
        context.clock());
  }

  /// As it is now; what had to be mended in it was told before.
  private Config config() {
    return silent(OutputStream.nullOutputStream()).config().read();
  }

  /// Asked once: a screen is drawn many times a second.
  @Override
  public synchronized List<Template> templates() {
    if (templates.isEmpty()) {
      templates =
          run(List.of("create", "--list-templates"))
              .path("templates")
              .valueStream()
              .map(one -> new Template(one.path("name").asString(), one.path("about").asString()))
              .toList();
    }
    return templates;
  }

  @Override
  public Offer offer(String link, Optional<String> broker) {
    InviteLink invite = InviteLink.parse(link);
    return switch (invite.kind()) {
      case InviteLink.Kind.Code code -> preview(invite, code.code(), broker);
      case InviteLink.Kind.Token token -> {
        InvitePayload payload =
            InviteToken.decode(token.token())
                .orElseThrow(() ->
                    new Problem(
                        ProblemCode.INVALID_ARGUMENT,
                        "The invite is not complete; copy the whole link again"));
        yield new Offer(payload.meshSlug(), Optional.empty(), payload.role(), Optional.empty());
      }
    };
  }

  private Offer preview(InviteLink invite, String code, Optional<String> broker) {
    URI url =
        invite
            .broker()
            .map(URI::toString)
            .map(Brokers::webSocket)
            .orElseGet(() -> Brokers.url(context.environment(), broker));
    try (BrokerHttp http = new BrokerHttp(url)) {
      InviteReply.Preview preview =
          http.call(new InviteRequest.Preview(code), Optional.empty(), Map.of());
      if (preview.usesLeft() < 1) {
        throw new Problem(
            ProblemCode.INVITE_EXHAUSTED, ProblemCode.INVITE_EXHAUSTED.meaning() + ".");
      }
      return new Offer(
          preview.meshName(),
          Optional.of(preview.inviter()),
          preview.role(),
          Optional.of(preview.memberCount()));
    }
  }

  @Override
  public Mesh join(String link, Optional<String> broker, String as) {
    List<String> words = new ArrayList<>(List.of("join", "--as=" + as));
    broker.ifPresent(url -> words.add("--broker=" + url));
    words.add(link);
    return mesh(run(words));
  }

  @Override
  public Mesh create(String name, String template, Optional<String> broker, String as) {
    List<String> words = new ArrayList<>(List.of("create", "--as=" + as));
    broker.ifPresent(url -> words.add("--broker=" + url));
    if (!template.isEmpty()) {
      words.add("--template=" + template);
    }
    words.addAll(List.of("--", name));
    return mesh(run(words));
  }

  private static Mesh mesh(JsonNode made) {
    return new Mesh(
        made.path("id").asString(),
        made.path("slug").asString(),
        made.path("name").asString(),
        made.path("broker").asString());
  }

  @Override
  public Optional<String> signIn(String broker) throws IOException {
    int exit = Cli.run(context, "login", "--broker=" + broker);
    Optional<String> email = account(context);
    if (exit != 0 || email.isEmpty()) {
      context.terminal().talk("Press Enter to go back.");
      for (int next = context.environment().in().read(); next >= 0 && next != '\n'; ) {
        next = context.environment().in().read();
      }
      return Optional.empty();
    }
    return email;
  }

  /// Who is signed in. A file that cannot be read counts as nobody: signing in mends it.
  static Optional<String> account(Context context) {
    try {
      return context
          .folder()
          .auth(context.terminal()::warn)
          .read()
          .map(AuthFile.Entry::email)
          .filter(email -> !email.isBlank());
    } catch (Problem e) {
      return Optional.empty();
    }
  }

  @Override
  public int online(Mesh mesh) {
    Membership member =
        config()
            .byId(mesh.id())
            .orElseThrow(() ->
                new Problem(
                    ProblemCode.MESH_NOT_FOUND, "You are no longer in " + mesh.slug() + "."));
    try (BrokerHttp http = new BrokerHttp(member.brokerUrl())) {
      return http
          .call(new MeshRequest.ListMine(Optional.empty()), Optional.of(member.key()), Map.of())
          .meshes()
          .stream()
          .filter(mine -> mine.id().equals(mesh.id()))
          .findFirst()
          .orElseThrow(() ->
              new Problem(
                  ProblemCode.MESH_NOT_FOUND,
                  "The broker has no mesh "
                      + mesh.slug()
                      + " with you in it. It was deleted, or you were removed from it."))
          .activePeers();
    }
  }

  @Override
  public Optional<String> newest() {
    if (config().setting("upgradeFeed").isEmpty()) {
      return Optional.empty();
    }
    JsonNode told = run(List.of("upgrade", "--check"));
    String newest = told.path("newest").asString("");
    return Optional.of(newest)
        .filter(
            version -> !version.isEmpty() && !version.equals(told.path("version").asString("")));
  }

  /// @throws Problem what the command failed with
  private JsonNode run(List<String> words) {
    List<String> all = new ArrayList<>(words);
    all.add(1, "--json");
    mode.ifPresent(asked -> all.add(2, "--approval-mode=" + asked.word()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Cli.run(silent(out), all.toArray(String[]::new));
    JsonNode answer = Wire.mapper().readTree(out.toString(StandardCharsets.UTF_8));
    JsonNode error = answer.path("error");
    if (error.isObject()) {
      throw new Problem(
          ProblemCode.of(error.path("code").asString("")).orElse(ProblemCode.INVALID_ARGUMENT),
          error.path("message").asString(""),
          error.get("details"));
    }
    return answer;
  }
}
