package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.meshes.MeshReply.Mesh;
import dev.claudemesh.protocol.meshes.MeshRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;

/// The meshes of this config folder; what their brokers say of them where they can be reached.
@Does(Effect.READ)
@Command(name = "list", aliases = "ls", description = "List the meshes you are in.")
public final class ListCommand extends CliCommand {
  public ListCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Meshes(List<Entry> meshes) {}

  /// One mesh.
  record Entry(
      String id,
      String slug,
      String name,
      String broker,
      String memberId,
      String pubkey,
      boolean reachable,
      Optional<String> role,
      Optional<Integer> members,
      Optional<Integer> online,
      boolean keyPending) {}

  @Override
  protected Answer answer() throws InterruptedException {
    Config config = context.config().read();
    List<Entry> entries = entries(config.memberships());
    config.faults().forEach(fault -> context.terminal().warn(fault + "; run: claudemesh doctor"));
    Answer answer = Answer.of(new Meshes(entries));
    if (entries.isEmpty()) {
      return answer
          .line(Style.MUTED, "You are in no mesh yet.")
          .remark("  Take an invite with: claudemesh join <link>")
          .next("claudemesh create <name>");
    }
    Table table = Table.of("MESH", "NAME", "ROLE", "MEMBERS", "ONLINE", "BROKER");
    for (Entry entry : entries) {
      table.row(
          entry.reachable() ? null : Style.MUTED,
          entry.slug(),
          entry.name(),
          entry.role().orElse("?"),
          entry.members().map(String::valueOf).orElse("?"),
          entry.online().map(String::valueOf).orElse("?"),
          entry.broker() + (entry.reachable() ? "" : "  (cannot be reached)"));
    }
    boolean allAway = entries.stream().noneMatch(Entry::reachable);
    return answer
        .table(table)
        .next(
            allAway ? "claudemesh doctor" : "claudemesh peers --mesh " + entries.getFirst().slug());
  }

  private static List<Entry> entries(List<Membership> members) throws InterruptedException {
    try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Entry>> asked =
          members.stream().<Callable<Entry>>map(member -> () -> entry(member)).toList();
      return calls.invokeAll(asked).stream().map(Future::resultNow).toList();
    }
  }

  private static Entry entry(Membership member) {
    Optional<Mesh> known = askBroker(member);
    return new Entry(
        member.meshId(),
        member.slug(),
        known.map(Mesh::name).orElse(member.name()),
        member.brokerUrl().toString(),
        member.memberId(),
        member.key().publicKey().hex(),
        known.isPresent(),
        known.map(mesh -> mesh.owner() ? "owner" : mesh.role()),
        known.map(Mesh::memberCount),
        known.map(Mesh::activePeers),
        member.keys().isEmpty());
  }

  private static Optional<Mesh> askBroker(Membership member) {
    try (BrokerHttp http = new BrokerHttp(member.brokerUrl())) {
      return http
          .call(new MeshRequest.ListMine(Optional.empty()), Optional.of(member.key()), Map.of())
          .meshes()
          .stream()
          .filter(mesh -> mesh.id().equals(member.meshId()))
          .findFirst();
    } catch (Problem e) {
      // Shown as such: the list is useful without its broker too.
      return Optional.empty();
    }
  }
}
