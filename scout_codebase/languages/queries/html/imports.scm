((attribute (attribute_name) @_name
  [(attribute_value) @module (quoted_attribute_value (attribute_value) @module)]) @import.reference
  (#any-of? @_name "src" "href" "data" "poster" "action"))
