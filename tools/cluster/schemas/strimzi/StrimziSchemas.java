import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.strimzi.crdgenerator.annotations.Minimum;
import io.strimzi.crdgenerator.annotations.Pattern;
import io.strimzi.crdgenerator.annotations.PresentInVersions;
import io.strimzi.crdgenerator.annotations.RequiredInVersions;
import java.lang.annotation.Annotation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The schemas of Strimzi's kinds from its own classes (io.strimzi:api): its CRDs are in no registry. Prints
 * {"kinds": …, "definitions": …} for the class names given; unknown members are refused.
 */
public final class StrimziSchemas {
    private static final String VERSION = "v1";
    private static final String META = "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    private static final ObjectMapper JSON = new ObjectMapper();
    private final Map<String, ObjectNode> beans = new TreeMap<>();

    public static void main(String[] names) throws Exception {
        StrimziSchemas schemas = new StrimziSchemas();
        ObjectNode kinds = JSON.createObjectNode();
        for (String name : names) {
            Class<?> kind = Class.forName(name);
            ObjectNode schema = JSON.createObjectNode();
            schema.put("type", "object").put("additionalProperties", false);
            ObjectNode properties = schema.putObject("properties");
            properties.putObject("apiVersion").put("type", "string");
            properties.putObject("kind").put("type", "string");
            properties.putObject("metadata").put("$ref", META);
            JavaType spec = JSON.constructType(kind.getMethod("getSpec").getGenericReturnType());
            properties.set("spec", schemas.of(spec));
            schema.putArray("required").add("metadata").add("spec");
            kinds.set("kafka.strimzi.io/" + VERSION + "/" + kind.getSimpleName(), schema);
        }
        ObjectNode result = JSON.createObjectNode();
        result.set("kinds", kinds);
        result.set("definitions", JSON.valueToTree(schemas.beans));
        System.out.println(JSON.writeValueAsString(result));
    }

    private ObjectNode of(JavaType type) {
        Class<?> raw = type.getRawClass();
        ObjectNode schema = JSON.createObjectNode();
        if (raw.isEnum()) {
            ArrayNode values = schema.put("type", "string").putArray("enum");
            for (Object value : raw.getEnumConstants()) values.add(JSON.<JsonNode>valueToTree(value));
            return schema;
        }
        if (CharSequence.class.isAssignableFrom(raw)) return schema.put("type", "string");
        if (raw == boolean.class || raw == Boolean.class) return schema.put("type", "boolean");
        if (raw == double.class || raw == Double.class || raw == float.class || raw == Float.class)
            return schema.put("type", "number");
        if (raw.isPrimitive() || Number.class.isAssignableFrom(raw)) return schema.put("type", "integer");
        if (type.isMapLikeType()) {
            schema.put("type", "object").set("additionalProperties", of(type.getContentType()));
            return schema;
        }
        if (type.isCollectionLikeType() || type.isArrayType()) {
            schema.put("type", "array").set("items", of(type.getContentType()));
            return schema;
        }
        // What is Kubernetes' own (affinities, resources, volumes) isn't looked into.
        if (!raw.getName().startsWith("io.strimzi.")) return schema;
        return schema.put("$ref", "#/definitions/" + bean(raw));
    }

    private String bean(Class<?> raw) {
        String name = raw.getName();
        if (beans.containsKey(name)) return name;
        ObjectNode schema = JSON.createObjectNode();
        beans.put(name, schema);
        JsonSubTypes subtypes = raw.getAnnotation(JsonSubTypes.class);
        if (subtypes == null) {
            describe(raw, schema, null);
            return name;
        }
        ArrayNode choices = schema.putArray("anyOf");
        for (JsonSubTypes.Type subtype : subtypes.value())
            describe(subtype.value(), choices.addObject(), subtype.name());
        return name;
    }

    private void describe(Class<?> raw, ObjectNode schema, String discriminator) {
        schema.put("type", "object").put("additionalProperties", false);
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = JSON.createArrayNode();
        JavaType type = JSON.constructType(raw);
        for (BeanPropertyDefinition property : propertiesOf(type)) {
            PresentInVersions present = annotation(property, PresentInVersions.class);
            if (present != null && !holds(present.value())) continue;
            ObjectNode member = of(property.getPrimaryType());
            Pattern pattern = annotation(property, Pattern.class);
            Minimum minimum = annotation(property, Minimum.class);
            RequiredInVersions needed = annotation(property, RequiredInVersions.class);
            if (pattern != null) member.put("pattern", pattern.value());
            if (minimum != null) member.put("minimum", minimum.value());
            boolean isNeeded = needed != null && holds(needed.value());
            if (property.isRequired() || isNeeded) required.add(property.getName());
            properties.set(property.getName(), member);
        }
        if (discriminator != null) {
            properties.putObject("type").putArray("enum").add(discriminator);
            required.add("type");
        }
        if (!required.isEmpty()) schema.set("required", required);
    }

    /** Without the place where Strimzi keeps what it doesn't know. */
    private static List<BeanPropertyDefinition> propertiesOf(JavaType type) {
        List<BeanPropertyDefinition> all = JSON.getDeserializationConfig().introspect(type).findProperties();
        return all.stream().filter(property -> !property.getName().equals("additionalProperties")).toList();
    }

    /** Wherever it stands: Jackson gathers on the first of them what all of them have. */
    private static <A extends Annotation> A annotation(BeanPropertyDefinition property, Class<A> wanted) {
        AnnotatedMember[] members = {property.getPrimaryMember(), property.getGetter(), property.getField()};
        for (AnnotatedMember member : members) {
            A found = member == null ? null : member.getAnnotation(wanted);
            if (found != null) return found;
        }
        return null;
    }

    /** A range of versions is `v1`, `v1beta2+` or `v1alpha1-v1beta2`; the newest is v1. */
    private static boolean holds(String range) {
        return range.equals(VERSION) || range.endsWith("+") || range.endsWith("-" + VERSION);
    }
}
