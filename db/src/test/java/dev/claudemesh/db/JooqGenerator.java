package dev.claudemesh.db;

import java.nio.file.Path;
import java.sql.Connection;
import org.jooq.codegen.GenerationTool;
import org.jooq.meta.jaxb.Configuration;
import org.jooq.meta.jaxb.Database;
import org.jooq.meta.jaxb.ForcedType;
import org.jooq.meta.jaxb.Generate;
import org.jooq.meta.jaxb.Generator;
import org.jooq.meta.jaxb.Logging;
import org.jooq.meta.jaxb.MatcherRule;
import org.jooq.meta.jaxb.Matchers;
import org.jooq.meta.jaxb.MatchersSchemaType;
import org.jooq.meta.jaxb.Strategy;
import org.jooq.meta.jaxb.Target;

/// Writes the jOOQ classes for a migrated database into a folder.
final class JooqGenerator {

  static final String PACKAGE = "dev.claudemesh.db.jooq";

  private JooqGenerator() {}

  static void generate(Connection connection, Path folder) throws Exception {
    var tool = new GenerationTool();
    tool.setConnection(connection);
    tool.run(
        new Configuration()
            .withLogging(Logging.WARN)
            .withGenerator(
                new Generator()
                    .withStrategy(strategy())
                    .withDatabase(database())
                    .withGenerate(generate())
                    .withTarget(
                        new Target()
                            .withPackageName(PACKAGE)
                            .withDirectory(folder.toString())
                            .withEncoding("UTF-8"))));
  }

  private static Database database() {
    return new Database()
        .withName("org.jooq.meta.postgres.PostgresDatabase")
        .withInputSchema(Migrations.SCHEMA)
        .withIncludeRoutines(false)
        .withIncludeExcludeColumns(true)
        .withExcludes(
            "flyway_schema_history|mesh\\.memory\\.words|mesh\\.(memory_spellings|words_alike)")
        .withForcedTypes(
            new ForcedType()
                .withName("INSTANT")
                .withIncludeTypes("(?i:timestamp with time zone|timestamptz)"));
  }

  private static Generate generate() {
    return new Generate()
        .withTables(true)
        .withRecords(true)
        .withKeys(true)
        .withIndexes(true)
        .withPojos(false)
        .withDaos(false)
        .withInterfaces(false)
        .withJavadoc(false)
        .withGeneratedAnnotation(false)
        .withGlobalCatalogReferences(false)
        .withWhereMethodOverrides(false)
        .withRenameMethodOverrides(false)
        .withImplicitJoinPathsToMany(false)
        .withImplicitJoinPathsManyToMany(false);
  }

  /// The schema has the name of its most important table; without this, two classes would be called
  /// `Mesh`.
  private static Strategy strategy() {
    return new Strategy()
        .withMatchers(
            new Matchers()
                .withSchemas(
                    new MatchersSchemaType()
                        .withSchemaClass(new MatcherRule().withExpression("MeshSchema"))
                        .withSchemaIdentifier(new MatcherRule().withExpression("MESH_SCHEMA"))));
  }
}
