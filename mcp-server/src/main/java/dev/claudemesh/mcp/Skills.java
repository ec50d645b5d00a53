package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.skills.SkillDocument;
import dev.claudemesh.protocol.skills.SkillReply;
import dev.claudemesh.protocol.skills.SkillReply.Listed;
import dev.claudemesh.protocol.skills.SkillRequest;
import io.modelcontextprotocol.server.McpServerFeatures.SyncPromptSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The skills of the meshes as prompts and as resources of this server. The lists are kept up to
/// date while the session runs; a skill's text is read when it is asked for.
///
/// Thread-safe. The library tells the client of each change of the lists.
final class Skills {
  private static final Logger log = LoggerFactory.getLogger(Skills.class);
  private static final String SCHEME = "skill://claudemesh/";
  private static final String MARKDOWN = "text/markdown";

  private final Supplier<McpSyncServer> server;
  private final boolean severalMeshes;
  private final Map<MeshLink, Map<String, Listed>> known = new HashMap<>();

  /// @param server asked for when there is something to tell it
  Skills(Supplier<McpSyncServer> server, boolean severalMeshes) {
    this.server = server;
    this.severalMeshes = severalMeshes;
  }

  /// Refreshes, in the background, what has changed since.
  void tick(List<MeshLink> links) {
    links.stream()
        .filter(MeshLink::connected)
        .filter(MeshLink::takeSkillsChanged)
        .forEach(link -> Thread.startVirtualThread(() -> refresh(link)));
  }

  /// Asks a mesh for its skills and offers what it has now. What cannot be asked stays as it was.
  void refresh(MeshLink link) {
    Map<String, Listed> now;
    try {
      now =
          link.client().ask(new SkillRequest.ListAll(Optional.empty())).skills().stream()
              .collect(Collectors.toMap(Listed::name, Function.identity()));
    } catch (Problem e) {
      log.info("{}: skills could not be listed: {}", link.slug(), e.getMessage());
      link.skillsChanged();
      return;
    }
    synchronized (this) {
      Map<String, Listed> before = known.getOrDefault(link, Map.of());
      before.forEach((name, skill) -> {
        if (!skill.equals(now.get(name))) {
          server.get().removePrompt(promptName(link, name));
          server.get().removeResource(uri(link, name));
        }
      });
      now.forEach((name, skill) -> {
        if (!skill.equals(before.get(name))) {
          server.get().addPrompt(prompt(link, skill));
          server.get().addResource(resource(link, skill));
        }
      });
      known.put(link, now);
    }
  }

  private SyncPromptSpecification prompt(MeshLink link, Listed skill) {
    McpSchema.Prompt prompt =
        McpSchema.Prompt.builder(promptName(link, skill.name()))
            .description(described(skill))
            .arguments(List.of())
            .build();
    return new SyncPromptSpecification(
        prompt,
        (exchange, request) -> {
          McpSchema.Content text = McpSchema.TextContent.builder(text(link, skill.name())).build();
          return McpSchema.GetPromptResult.builder(
                  List.of(McpSchema.PromptMessage.builder(McpSchema.Role.USER, text).build()))
              .description(described(skill))
              .build();
        });
  }

  private SyncResourceSpecification resource(MeshLink link, Listed skill) {
    String uri = uri(link, skill.name());
    McpSchema.Resource resource =
        McpSchema.Resource.builder(uri, promptName(link, skill.name()))
            .description(described(skill))
            .mimeType(MARKDOWN)
            .build();
    return new SyncResourceSpecification(
        resource,
        (exchange, request) ->
            McpSchema.ReadResourceResult.builder(
                    List.of(
                        McpSchema.TextResourceContents.builder(uri, text(link, skill.name()))
                            .mimeType(MARKDOWN)
                            .build()))
                .build());
  }

  private static String text(MeshLink link, String name) {
    try {
      link.requireConnection();
      SkillReply.Skill skill =
          link.client()
              .ask(new SkillRequest.Get(name, Optional.empty()))
              .skill()
              .orElseThrow(() ->
                  McpError.builder(McpSchema.ErrorCodes.RESOURCE_NOT_FOUND)
                      .message("The skill \"" + name + "\" was taken back")
                      .build());
      return PeerText.body(SkillDocument.of(skill));
    } catch (Problem e) {
      throw McpError.builder(McpSchema.ErrorCodes.INTERNAL_ERROR).message(e.getMessage()).build();
    }
  }

  private static String described(Listed skill) {
    return PeerText.line(skill.description()) + " (by " + PeerText.attribute(skill.author()) + ")";
  }

  private String promptName(MeshLink link, String skill) {
    return severalMeshes ? link.slug() + "/" + skill : skill;
  }

  private String uri(MeshLink link, String skill) {
    return SCHEME + (severalMeshes ? encoded(link.slug()) + "/" : "") + encoded(skill);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
