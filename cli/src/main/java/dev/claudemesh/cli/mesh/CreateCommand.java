package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.account.AccountLink;
import dev.claudemesh.cli.mesh.Furnishing.Step;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.config.LastUsed;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.meshes.MeshRequest;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Makes a mesh. Its owner key and its first mesh key are made here and never leave this machine in
/// clear.
@Does(Effect.WRITE)
@Command(
    name = "create",
    aliases = "new",
    description = "Make a mesh; you are its owner.",
    footer = {"", "Example: claudemesh create platform --template dev-team"})
public final class CreateCommand extends CliCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "<name>",
      description = "Name of the mesh, such as platform.")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--template",
      paramLabel = "<template>",
      description =
          "Put a welcome, values, first tasks and a skill into it; --list-templates names them.")
  private Optional<String> template = Optional.empty();

  @Option(names = "--list-templates", description = "List the templates, and make no mesh.")
  private boolean listTemplates;

  @Option(
      names = "--slug",
      paramLabel = "<slug>",
      description = "Short name for links and commands; made from the name if absent.")
  private Optional<String> slug = Optional.empty();

  @Option(names = "--description", paramLabel = "<text>", description = "What the mesh is for.")
  private Optional<String> description = Optional.empty();

  @Option(
      names = {"--as", "--name"},
      paramLabel = "<name>",
      description = "Your name on the mesh; your user name if absent.")
  private Optional<String> as = Optional.empty();

  @Option(
      names = "--broker",
      paramLabel = "<url>",
      description =
          "Where the broker listens; CLAUDEMESH_BROKER_URL if absent, else ws://127.0.0.1:7900/ws.")
  private Optional<String> broker = Optional.empty();

  @Option(
      names = "--token",
      paramLabel = "<token>",
      description = "Token that allows making meshes, where the broker asks for one.")
  private Optional<String> token = Optional.empty();

  @Option(
      names = "--compat",
      description = "Also admit old clients, which cannot encrypt group messages.")
  private boolean compat;

  public CreateCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Created(
      String id,
      String slug,
      String name,
      String memberId,
      String pubkey,
      String broker,
      Optional<String> template,
      Optional<List<Step>> steps) {}

  /// What `--json --list-templates` prints.
  record Templates(List<Choice> templates) {}

  /// A template to choose.
  record Choice(String name, String about) {}

  @Override
  protected Answer answer() {
    if (listTemplates) {
      return templates();
    }
    if (name.isEmpty()) {
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT, "Name the mesh, such as: claudemesh create platform");
    }
    Optional<Template> chosen = template.map(Template::called);
    Membership member = made();
    Optional<List<Step>> steps = chosen.map(furniture -> furnished(member, furniture));
    Answer answer =
        Answer.of(
                new Created(
                    member.meshId(),
                    member.slug(),
                    member.name(),
                    member.memberId(),
                    member.key().publicKey().hex(),
                    member.brokerUrl().toString(),
                    template,
                    steps))
            .line(terminal ->
                terminal.icon(Icon.GOOD)
                    + " "
                    + member.name()
                    + " is made; you are its owner (slug "
                    + member.slug()
                    + ", on "
                    + member.brokerUrl()
                    + ")");
    steps.ifPresent(all -> all.forEach(step -> answer.line(terminal -> told(terminal, step))));
    return answer.next("claudemesh invite --mesh " + member.slug());
  }

  private static Answer templates() {
    List<Template> all = Template.all();
    Table table = Table.of("TEMPLATE", "FOR");
    all.forEach(one -> table.row(one.name(), one.about()));
    return Answer.of(
            new Templates(all.stream().map(one -> new Choice(one.name(), one.about())).toList()))
        .table(table)
        .next("claudemesh create <name> --template " + all.getFirst().name());
  }

  /// The mesh stands whatever becomes of what is put into it.
  private List<Step> furnished(Membership member, Template furniture) {
    try (Link link = Link.open(context, member)) {
      return Furnishing.of(furniture, link::ask);
    } catch (Problem e) {
      return List.of(
          new Step(
              "the template " + furniture.name(),
              Furnishing.Outcome.FAILED,
              Optional.of(e.getMessage())));
    }
  }

  private static String told(Terminal terminal, Step step) {
    return switch (step.outcome()) {
      case DONE -> "  " + terminal.icon(Icon.GOOD) + " " + step.what();
      case THERE -> "  " + terminal.icon(Icon.DOT) + " " + step.what() + " (was there)";
      case FAILED ->
          "  "
              + terminal.icon(Icon.BAD)
              + " "
              + step.what()
              + ": "
              + SafeText.line(step.why().orElse(""));
    };
  }

  private Membership made() {
    URI url = Brokers.url(context.environment(), broker);
    SecretKey key = Keys.generate();
    String meshId = Ids.next();
    MeshKey meshKey = MeshKey.generate(1);
    MeshReply.Created made;
    try (BrokerHttp http = new BrokerHttp(url)) {
      made = http.call(request(meshId, key, meshKey), Optional.of(key), Map.of());
    }
    if (!made.id().equals(meshId)) {
      throw new Problem(
          ProblemCode.INTERNAL,
          "The broker gave the mesh another id than was signed; it was not saved");
    }
    Membership member =
        new Membership(
            meshId,
            made.memberId(),
            made.slug(),
            made.name(),
            key,
            url,
            context.clock().instant(),
            Optional.of(key.publicKey()),
            List.of(meshKey));
    context.config().update(config -> config.with(member));
    AccountLink.gained(context, member);
    context
        .folder()
        .lastUsed()
        .write(
            new LastUsed(
                made.slug(), Optional.empty(), Optional.empty(), context.clock().instant()));
    return member;
  }

  private MeshRequest.Create request(String meshId, SecretKey key, MeshKey meshKey) {
    PublicKey owner = key.publicKey();
    String sealed = meshKey.sealTo(owner);
    EpochKey first =
        new EpochKey(
            1, sealed, owner.hex(), Keys.sign(key, Canonical.seal(meshId, 1, owner.hex(), sealed)));
    return new MeshRequest.Create(
        name.orElseThrow(),
        slug,
        description,
        Optional.empty(),
        Optional.of(Names.of(context, as)),
        Optional.of(meshId),
        Optional.of(owner.hex()),
        Optional.of(first),
        compat ? Optional.of("compat") : Optional.empty(),
        token,
        Optional.empty());
  }
}
