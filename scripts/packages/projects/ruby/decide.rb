# frozen_string_literal: true

require 'nhipol'

policy = Nhipol.load('./libnhipol_policy.so')
File.foreach('requests.jsonl') do |request|
  answer = policy.decide_json(request)
  puts [answer.effect, *answer.reasons].join(' ')
end
