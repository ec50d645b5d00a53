package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.terminal.Icon;
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
@Command(
    name = "create",
    aliases = "new",
    description = "Make a mesh; you are its owner.",
    footer = {"", "Example: claudemesh create platform"})
public final class CreateCommand extends CliCommand {
  @Parameters(paramLabel = "<name>", description = "Name of the mesh, such as platform.")
  private String name;

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
      String id, String slug, String name, String memberId, String pubkey, String broker) {}

  @Override
  protected Answer answer() {
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
    context
        .folder()
        .lastUsed()
        .write(
            new LastUsed(
                made.slug(), Optional.empty(), Optional.empty(), context.clock().instant()));
    return Answer.of(
            new Created(
                meshId,
                made.slug(),
                made.name(),
                made.memberId(),
                key.publicKey().hex(),
                url.toString()))
        .line(terminal ->
            terminal.icon(Icon.GOOD)
                + " "
                + made.name()
                + " is made; you are its owner (slug "
                + made.slug()
                + ", on "
                + url
                + ")")
        .next("claudemesh invite --mesh " + made.slug());
  }

  private MeshRequest.Create request(String meshId, SecretKey key, MeshKey meshKey) {
    PublicKey owner = key.publicKey();
    String sealed = meshKey.sealTo(owner);
    EpochKey first =
        new EpochKey(
            1, sealed, owner.hex(), Keys.sign(key, Canonical.seal(meshId, 1, owner.hex(), sealed)));
    return new MeshRequest.Create(
        name,
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
