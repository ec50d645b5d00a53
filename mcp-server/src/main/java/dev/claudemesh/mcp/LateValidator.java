package dev.claudemesh.mcp;

import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.json.schema.jackson3.DefaultJsonSchemaValidator;
import java.util.Map;

/// The MCP library's check of what a tool is called with, made when the first one is: Claude Code
/// would wait for it before this process says its first word, and many sessions never need it.
///
/// That our own schemas are schemas is not checked at each start. Thread-safe.
final class LateValidator implements JsonSchemaValidator {
  private JsonSchemaValidator made;

  @Override
  public ValidationResponse validate(Map<String, Object> schema, Object content) {
    return made().validate(schema, content);
  }

  private synchronized JsonSchemaValidator made() {
    if (made == null) {
      made = new DefaultJsonSchemaValidator();
    }
    return made;
  }
}
