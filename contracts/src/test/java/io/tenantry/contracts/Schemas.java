package io.tenantry.contracts;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;

/** The published schemas, by a validator that reads them from the resources and never from the net. */
final class Schemas {
    static final String BASE = "https://tenantry.io/schemas/";

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            registry ->
                    registry.schemaIdResolvers(ids -> ids.mapPrefix(BASE, "classpath:io/tenantry/contracts/schemas/")));

    private Schemas() {}

    static List<Error> errors(EventType type, String json) {
        return REGISTRY.getSchema(SchemaLocation.of(BASE + type.schema()))
                .validate(
                        json,
                        InputFormat.JSON,
                        execution -> execution.executionConfig(config -> config.formatAssertionsEnabled(true)));
    }
}
