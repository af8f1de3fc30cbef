# frozen_string_literal: true

require_relative 'lib/nhipol/version'

Gem::Specification.new do |spec|
  spec.name = 'nhipol'
  spec.version = Nhipol::VERSION
  spec.authors = ['nhipol maintainers']
  spec.summary = 'Evaluates authorization policies compiled by nhipol'
  spec.description = 'A host for policies compiled by nhipol: decisions, external tables and sessions, through the shared ' \
                     'library of a policy and Fiddle.'
  spec.homepage = 'https://github.com/nhipol/nhipol'
  spec.license = 'Apache-2.0'
  spec.metadata = {
    'source_code_uri' => 'https://github.com/nhipol/nhipol/tree/main/hosts/ruby',
    'bug_tracker_uri' => 'https://github.com/nhipol/nhipol/issues',
    'changelog_uri' => 'https://github.com/nhipol/nhipol/blob/main/CHANGELOG.md',
    'documentation_uri' => 'https://github.com/nhipol/nhipol/blob/main/hosts/ruby/README.md',
    'rubygems_mfa_required' => 'true'
  }
  spec.required_ruby_version = '>= 3.1'
  spec.files = Dir['lib/**/*.rb'] + %w[README.md LICENSE]
end
