package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Faces;
import dev.claudemesh.protocol.InputSchema;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.presence.PresenceRequest;
import dev.claudemesh.protocol.presence.StatusSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// An operation of the catalogue as a tool: its name, schema and hints come from the record, its
/// arguments are decoded and checked as the socket decodes and checks a frame.
final class CatalogTool implements Tool {
  private static final String ROOT = "root";

  private final Catalog.Op op;
  private final Meshes meshes;
  private final StatusReporter status;
  private final ClaudeSession session;

  CatalogTool(Catalog.Op op, Meshes meshes, StatusReporter status, ClaudeSession session) {
    this.op = op;
    this.meshes = meshes;
    this.status = status;
    this.session = session;
  }

  @Override
  public String name() {
    return op.tool().orElseThrow();
  }

  @Override
  public String description() {
    return op.operation().summary() + ".";
  }

  @Override
  public String group() {
    return op.room();
  }

  @Override
  public ObjectNode schema() {
    ObjectNode schema = InputSchema.of(op);
    ObjectNode properties = (ObjectNode) schema.get("properties");
    if (op.record() == PresenceRequest.SetStatus.class) {
      properties.remove("source");
    }
    if (isAboutFiles()) {
      properties.remove(ROOT);
    }
    properties
        .putObject(MeshParameter.NAME)
        .put("type", "string")
        .put("description", MeshParameter.DESCRIPTION);
    return schema;
  }

  @Override
  public Effect effect() {
    return op.operation().effect();
  }

  @Override
  public String call(ObjectNode arguments) {
    Optional<String> mesh = MeshParameter.of(name(), arguments);
    ObjectNode fields = arguments.deepCopy();
    fields.remove(MeshParameter.NAME);
    fields.remove("source");
    if (isAboutFiles()) {
      fields.put(ROOT, WorkTree.of(Path.of(session.cwd())).name());
    }
    Request<?> request = asOurselves(Faces.bind(op, fields));
    List<MeshLink> links = forEveryMesh() ? meshes.someOrAll(mesh) : List.of(meshes.one(mesh));
    List<String> answers = new ArrayList<>();
    Map<MeshLink, Problem> problems = new LinkedHashMap<>();
    for (MeshLink link : links) {
      try {
        link.requireConnection();
        Reply reply = link.client().ask(request);
        answers.add(Answers.text(op, reply, link, links.size() > 1));
      } catch (Problem problem) {
        problems.put(link, problem);
      }
    }
    if (answers.isEmpty()) {
      throw together(problems);
    }
    List<String> told =
        new ArrayList<>(effect() == Effect.READ ? answers : List.of(answers.getFirst()));
    problems.forEach((link, problem) -> {
      if (problem.code() != ProblemCode.NOT_FOUND) { // it is found elsewhere
        told.add(notAsked(link, problem));
      }
    });
    return String.join("\n\n", told);
  }

  private static String notAsked(MeshLink link, Problem problem) {
    return "["
        + PeerText.attribute(link.slug())
        + "] not asked: "
        + PeerText.line(problem.getMessage());
  }

  /// What is not found on one mesh may well be on one that could not be asked.
  private static Problem together(Map<MeshLink, Problem> problems) {
    List<Problem> all =
        problems.values().stream()
            .sorted(Comparator.comparing(problem -> problem.code() == ProblemCode.NOT_FOUND))
            .toList();
    if (all.size() == 1 || all.getFirst().code() == ProblemCode.NOT_FOUND) {
      return all.getFirst();
    }
    return new Problem(
        all.getFirst().code(),
        problems.entrySet().stream()
            .map(one -> "[" + one.getKey().slug() + "] " + one.getValue().getMessage())
            .collect(Collectors.joining("\n")));
  }

  /// Claims name their files within the repository that the session works in.
  private boolean isAboutFiles() {
    return op.room().equals("claims");
  }

  /// What a peer says of itself, it says everywhere; what it asks, it asks everywhere; what it
  /// changes belongs to one mesh.
  private boolean forEveryMesh() {
    return effect() == Effect.READ || op.room().equals("presence");
  }

  private Request<?> asOurselves(Request<?> request) {
    if (request instanceof PresenceRequest.SetStatus said) {
      status.manual(said.status());
      return new PresenceRequest.SetStatus(said.status(), Optional.of(StatusSource.MANUAL));
    }
    return request;
  }
}
