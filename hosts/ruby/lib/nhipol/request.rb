# frozen_string_literal: true

module Nhipol
  # Writes requests as JSON. Data that JSON cannot represent exactly is refused, with its path.
  class Request
    # The error of a request.
    class Invalid < StandardError
      attr_reader :error

      def initialize(code, path, expected, found)
        @error = { code: code, path: path, expected: expected, found: found, offset: 0 }
        super(code)
      end
    end

    MAX_EXACT = (1 << 53) - 1

    # Strings are JSON already; everything else is data.
    def self.json(request)
      return request if request.is_a?(String)

      text = plain?(request) ? JSON.generate(request) : new.write(request, '$', 0)
      return text if text.bytesize <= Contract::MAX_INPUT_BYTES

      bytes = format(Contract::TEXT_BYTES, Contract::MAX_INPUT_BYTES)
      raise Invalid.new(Contract::ERROR_TOO_LARGE, '$', bytes, Contract::TEXT_LONGER_DOCUMENT)
    end

    # Whether JSON.generate writes the data as it must be written.
    def self.plain?(value, depth = 0)
      case value
      when String then value.encoding == Encoding::UTF_8 && value.valid_encoding?
      when nil, true, false, Integer, Symbol then true
      when Float then value.abs <= MAX_EXACT
      when Array then depth < Contract::MAX_INPUT_LEVELS && value.all? { |each| plain?(each, depth + 1) }
      when Hash
        depth < Contract::MAX_INPUT_LEVELS &&
          value.all? { |name, each| (name.is_a?(Symbol) || (name.is_a?(String) && plain?(name))) && plain?(each, depth + 1) }
      else false
      end
    end

    def write(value, path, depth)
      case value
      when nil, true, false, Integer then value.nil? ? 'null' : value.to_s
      when String, Symbol then string(value.to_s)
      when Float then number(value, path)
      when Time then string(value.getutc.strftime('%FT%T.%LZ'))
      when Hash, Array then list(value, path, depth)
      else
        return value.to_s('F') if value.is_a?(BigDecimal) && value.finite?

        raise Invalid.new(Contract::ERROR_WRONG_TYPE, path, 'a value that JSON can represent', "a #{value.class}")
      end
    end

    private

    def list(value, path, depth)
      if depth >= Contract::MAX_INPUT_LEVELS
        raise Invalid.new(Contract::ERROR_TOO_DEEP, '$', Contract::TEXT_LEVELS, Contract::TEXT_DEEPER_OR_CYCLIC)
      end

      if value.is_a?(Array)
        return "[#{value.each_with_index.map { |each, at| write(each, "#{path}[#{at}]", depth + 1) }.join(',')}]"
      end

      members = value.map do |name, each|
        quoted = string(name.to_s)
        step = name.to_s.match?(/\A[A-Za-z_][A-Za-z0-9_]*\z/) ? ".#{name}" : "[#{quoted}]"
        "#{quoted}:#{write(each, path + step, depth + 1)}"
      end
      "{#{members.join(',')}}"
    end

    # A string that is not valid UTF-8 keeps its bytes, which the module refuses.
    def string(value)
      value = value.encode(Encoding::UTF_8) unless value.encoding == Encoding::BINARY
      return JSON.generate(value) if value.encoding == Encoding::UTF_8 && value.valid_encoding?

      "\"#{value.b.gsub(/["\\\x00-\x1f]/n) { |each| format('\\u%04x', each.ord) }}\"".force_encoding(Encoding::UTF_8)
    end

    def number(value, path)
      return value.to_s if value.finite? && (value.abs <= MAX_EXACT || value % 1 != 0)

      found = value.finite? ? Contract::TEXT_LARGE_INTEGER : value.to_s.delete('-')
      raise Invalid.new(Contract::ERROR_WRONG_TYPE, path, Contract::TEXT_NUMBER, found)
    end
  end
end
